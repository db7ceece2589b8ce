import anthropic
import openai
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI, OpenAI

# ruleid: python.net.openai
client = OpenAI()
# ruleid: python.net.openai
client = OpenAI(api_key="none", timeout=3)
# ruleid: python.net.openai
client = openai.AsyncOpenAI(max_retries=0)
# ruleid: python.net.anthropic
client = anthropic.Anthropic()
# ruleid: python.net.anthropic
client = AsyncAnthropic(api_key=key)
# ruleid: python.net.model-endpoint
client = OpenAI(base_url="https://models.example/v1", api_key="none")
# ruleid: python.net.model-endpoint
client = anthropic.Client(base_url=where)
# ruleid: python.net.model-unknown
client = OpenAI(**options)
# ruleid: python.net.model-unknown
client = AsyncOpenAI(api_key="none", **options)
# ruleid: python.net.model-unknown
client = anthropic.Anthropic(http_client=made)

# ok: python.net.openai, python.net.anthropic, python.net.model-endpoint
client = OurOpenAI(base_url="x")
# ok: python.net.openai, python.net.model-unknown
print(openai.__version__)

# ruleid: python.net.model-endpoint
openai.api_base = "https://other.example/v1"
# ruleid: python.net.openai
late = openai.OpenAI()
# ruleid: python.net.model-endpoint
late.base_url = "https://other.example/v1"
# ok: python.net.model-endpoint
settings.base_url = "https://other.example/v1"
