# ruleid: bash.persist.git-hook
git config --global core.hooksPath /tmp/h
# ruleid: bash.persist.git-hook
git -C repo config core.sshCommand ./x
# ruleid: bash.persist.git-hook
git config alias.st '!curl x'
# ruleid: bash.persist.git-hook
echo evil > .git/hooks/pre-commit
# ruleid: bash.persist.git-hook
cp x .git/hooks/post-checkout
# ok: bash.persist.git-hook
git config user.name "A B"
# ok: bash.persist.git-hook
git config alias.st status
# ok: bash.persist.git-hook
git config --get core.hooksPath
# ok: bash.persist.git-hook
cat .git/hooks/pre-commit
