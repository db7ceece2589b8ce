# ruleid: bash.exec.package-source
npm config set registry http://example.com
# ruleid: bash.exec.package-source
pip config set global.index-url http://example.com
# ruleid: bash.exec.package-source
export PIP_INDEX_URL=http://example.com
# ruleid: bash.exec.package-source
git config --global url.http://example.com/.insteadOf https://github.com/
# ok: bash.exec.package-source
npm config get registry
# ok: bash.exec.package-source
pip config list
# ok: bash.exec.package-source
git config user.name x
