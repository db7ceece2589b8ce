# ruleid: bash.net.metadata
x=http://169.254.169.254/latest/meta-data/
# ok: bash.net.metadata
x=http://169.254.1.1/
