# ruleid: bash.native.compile
gcc x.c -o x
# ruleid: bash.native.compile
insmod x.ko
# ok: bash.native.compile
echo gcc
