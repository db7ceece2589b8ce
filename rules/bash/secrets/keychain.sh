# ruleid: bash.secrets.keychain
security find-generic-password -wa x
# ruleid: bash.secrets.keychain
gpg --export-secret-keys x
# ok: bash.secrets.keychain
gpg --version
# ruleid: bash.secrets.keychain
git credential fill
