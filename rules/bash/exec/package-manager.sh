# ruleid: bash.exec.package-manager
pip install x
# ruleid: bash.exec.package-manager
apt-get -y install x
# ruleid: bash.exec.package-manager
npx x
# ok: bash.exec.package-manager
pip list
# ok: bash.exec.package-manager
npm test
# ruleid: bash.exec.package-manager
uvx tool
# ruleid: bash.exec.package-manager
go run example.com/x@latest
# ok: bash.exec.package-manager
go run main.go
