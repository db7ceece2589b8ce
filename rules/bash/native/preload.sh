# ruleid: bash.native.preload
LD_PRELOAD=./x.so ls
# ruleid: bash.native.preload
export LD_PRELOAD=x.so
# ok: bash.native.preload
X=1 ls

# ruleid: bash.native.preload
env LD_PRELOAD=/tmp/x.so ls
# ruleid: bash.native.preload
export 'LD_PRELOAD=/tmp/x.so'
# ruleid: bash.native.preload
PERL5OPT=-Mx perl a.pl
# ruleid: bash.native.preload
read PATH <x
# ruleid: bash.native.preload
printf -v PATH /tmp
# ruleid: bash.native.preload
declare -n p=PATH
# ruleid: bash.native.preload
NODE_OPTIONS='--require /tmp/x.js' node a.js
# ok: bash.native.preload
NODE_OPTIONS=--max-old-space-size=4096 npm test
# ok: bash.native.preload
local -n list=$1
# ok: bash.native.preload
read name
# ok: bash.native.preload
env MODE=test ls

# ruleid: bash.exec.tool-variable
EDITOR='sh -c id' git commit
# ruleid: bash.exec.tool-variable
export GIT_SSH_COMMAND='sh -c id'
# ruleid: bash.exec.tool-variable
LESSOPEN='|id %s' less x
# ruleid: bash.exec.tool-variable
PS4='$(id)'
# ok: bash.exec.tool-variable
GIT_EDITOR=true git rebase --continue
# ok: bash.exec.tool-variable
PAGER=cat git log
# ok: bash.exec.tool-variable
export EDITOR=vim
# ok: bash.exec.tool-variable
PS4='+ '
