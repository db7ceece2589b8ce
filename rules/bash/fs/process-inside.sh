# ruleid: bash.fs.process-inside
cat /proc/self/environ
# ruleid: bash.fs.process-inside
echo b > /proc/sysrq-trigger
# ok: bash.fs.process-inside
cat /proc/cpuinfo
