# ruleid: bash.exec.interpreter
python3 -c 'print(1)'
# ruleid: bash.exec.interpreter
perl -e 'print 1'
# ok: bash.exec.interpreter
python3 x.py
# ok: bash.exec.interpreter
awk '{print $1}' x
