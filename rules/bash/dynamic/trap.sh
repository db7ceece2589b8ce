# ruleid: bash.dynamic.trap
PROMPT_COMMAND='x'
# ruleid: bash.dynamic.trap
trap 'x' DEBUG
# ok: bash.dynamic.trap
trap cleanup EXIT
