# ruleid: bash.native.preload
LD_PRELOAD=./x.so ls
# ruleid: bash.native.preload
export LD_PRELOAD=x.so
# ok: bash.native.preload
X=1 ls
