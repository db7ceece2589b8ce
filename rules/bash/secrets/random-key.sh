# ruleid: bash.secrets.random-key
export API_KEY="Zk3vQ9rT7yLp2XwB8nMd4FgH6jKs1CqV"
# ruleid: bash.secrets.random-key
AUTH_TOKEN=Zk3vQ9rT7yLp2XwB8nMd4FgH6jKs1CqV
# ok: bash.secrets.random-key
API_KEY="$1"
# ok: bash.secrets.random-key
CHECKSUM=Zk3vQ9rT7yLp2XwB8nMd4FgH6jKs1CqV
# ok: bash.secrets.random-key
TOKEN=your-Token-goes-here-123
