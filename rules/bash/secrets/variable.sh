# ruleid: bash.secrets.variable
printenv
# ruleid: bash.secrets.variable
env | grep KEY
# ok: bash.secrets.variable
env X=1 ls
# ok: bash.secrets.variable
export A=1
