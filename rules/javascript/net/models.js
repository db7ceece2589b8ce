import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { OpenAI as Named } from 'openai';

const { Anthropic: Second } = require('@anthropic-ai/sdk');

// ruleid: javascript.net.openai
let client = new OpenAI();
// ruleid: javascript.net.openai
client = new Named({ apiKey: 'none', timeout: 3 });
// ruleid: javascript.net.anthropic
client = new Anthropic({});
// ruleid: javascript.net.anthropic
client = new Second();
// ruleid: javascript.net.model-endpoint
client = new OpenAI({ baseURL: 'https://models.example/v1', apiKey: 'none' });
// ruleid: javascript.net.model-endpoint
client = new Anthropic({ baseURL: where });
// ruleid: javascript.net.model-unknown
client = new OpenAI(options);
// ruleid: javascript.net.model-options
client = new OpenAI({ ...options });
// ruleid: javascript.net.model-options
client = new Second({ apiKey: 'none', fetch: mine });

// ok: javascript.net.openai, javascript.net.model-unknown
client = new OurOpenAI({});
// ok: javascript.net.anthropic, javascript.net.model-endpoint
client = new Anthropics.Client({ baseURL: 'https://models.example' });
// ok: javascript.net.model-options
client = { ...options };
// ok: javascript.net.openai
console.log(OpenAI.name);
