import os
# ruleid: python.secrets.browser
db = "~/.config/google-chrome/Default/Login Data"
# ruleid: python.secrets.browser
name = "logins.json"
# ruleid: python.secrets.browser
path = "AppData/Local/Google/Chrome/User Data/Local State"
# ok: python.secrets.browser
name = "chrome"
# ok: python.secrets.browser
title = "Cookies and how to bake them"
# ok: python.secrets.browser
agent = "Mozilla/5.0 (X11) Chrome/120"

# ruleid: python.secrets.wallet
path = "~/.bitcoin/wallet.dat"
# ruleid: python.secrets.wallet
folder = os.path.join(home, ".ethereum/keystore")
# ruleid: python.secrets.wallet
extension = "nkbihfbeogaeaoehlefnkodbefgpgknn"
# ok: python.secrets.wallet
name = "wallet"
# ok: python.secrets.wallet
unit = "bitcoin"

# ruleid: python.secrets.messenger
path = "~/.config/discord/Local Storage/leveldb"
# ruleid: python.secrets.messenger
path = "Telegram Desktop/tdata"
# ok: python.secrets.messenger
name = "discord"
# ok: python.secrets.messenger
text = "signal/noise"

# ruleid: python.secrets.keychain
command = "security find-generic-password -wa Chrome"
# ruleid: python.secrets.keychain
db = "~/Library/Keychains/login.keychain-db"
# ruleid: python.secrets.keychain
name = "passwords.kdbx"
# ok: python.secrets.keychain
word = "keychain"
# ok: python.secrets.keychain
text = "the key chain is long"

# ruleid: python.secrets.history
path = "~/.bash_history"
# ruleid: python.secrets.history
names = [".zsh_history", ".mysql_history"]
# ok: python.secrets.history
name = "history.txt"
# ok: python.secrets.history
name = "order_history"

# ruleid: python.secrets.cloud-file
path = "~/.aws/credentials"
# ruleid: python.secrets.cloud-file
name = ".env.production"
# ruleid: python.secrets.cloud-file
path = "/var/run/secrets/kubernetes.io/serviceaccount/token"
# ok: python.secrets.cloud-file
name = "credentials"
# ok: python.secrets.cloud-file
path = "docs/kube.md"
# ok: python.secrets.cloud-file
name = ".env.example"

# ruleid: python.secrets.key-file
path = "~/.ssh/id_ed25519"
# ruleid: python.secrets.key-file
name = "private_key.pem"
# ruleid: python.secrets.key-file
folder = os.path.join(home, ".ssh")
# ok: python.secrets.key-file
name = "public_key.pem"
# ok: python.secrets.key-file
name = "id"
# ok: python.secrets.key-file
key = "primary.key"
