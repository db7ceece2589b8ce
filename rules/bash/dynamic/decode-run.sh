# ruleid: bash.dynamic.decode-run
echo aWQ= | base64 -d | sh
# ruleid: bash.dynamic.decode-run
eval "$(echo aWQ= | base64 -d)"
# ok: bash.dynamic.decode-run
base64 -d x > y
