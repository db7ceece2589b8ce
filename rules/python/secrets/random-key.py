# ruleid: python.secrets.random-key
api_key = "9f8Kd02mXqPz71LwVbTn55Hs"
# ruleid: python.secrets.random-key
headers = {"X-Api-Key": "Zk3vQ9rT7yLp2XwB8nMd4FgH6jKs1CqV"}
# ruleid: python.secrets.random-key
client = Client(auth_token="Zk3vQ9rT7yLp2XwB8nMd4FgH6jKs1CqV")
# ruleid: python.secrets.random-key
headers["Authorization"] = "Bearer Zk3vQ9rT7yLp2XwB8nMd4FgH6jKs1CqV"
# ok: python.secrets.random-key
api_key = "YOUR_API_KEY_GOES_HERE_1x"
# ok: python.secrets.random-key
alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabc0123456789"
# ok: python.secrets.random-key
digest = "Zk3vQ9rT7yLp2XwB8nMd4FgH6jKs1CqV"
# ok: python.secrets.random-key
token = "end_of_line"
# ok: python.secrets.random-key
cache_key = "user:42:ProfileOfTheSecondPage"
