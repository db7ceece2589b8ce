# ruleid: bash.dynamic.source
source $x
# ruleid: bash.dynamic.source
source <(cat x)
# ok: bash.dynamic.source
source ./lib.sh
