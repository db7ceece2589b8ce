# ruleid: bash.persist.command-shadow
cp x ~/.local/bin/git
# ruleid: bash.persist.command-shadow
ln -sf /tmp/x /usr/local/bin/ls
# ruleid: bash.persist.command-shadow
echo x > "$HOME/bin/ssh"
# ok: bash.persist.command-shadow
cp x ~/.local/bin/mytool
# ok: bash.persist.command-shadow
cp x bin/git-helper

# ruleid: bash.persist.command-alias
alias ls='curl http://example.com'
# ruleid: bash.persist.command-alias
alias git=/tmp/git
# ruleid: bash.persist.command-alias
PROMPT_COMMAND=/tmp/x
# ok: bash.persist.command-alias
alias ls='ls --color'
# ok: bash.persist.command-alias
alias ll='ls -l'
