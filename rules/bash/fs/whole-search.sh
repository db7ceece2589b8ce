# ruleid: bash.fs.whole-search
find / -name x
# ruleid: bash.fs.whole-search
find /home -name id_rsa
# ok: bash.fs.whole-search
find . -name x
