# ruleid: bash.exec.privilege
sudo ls
# ruleid: bash.exec.privilege
su - root
# ok: bash.exec.privilege
echo sudo
# ok: bash.exec.privilege
sum x
