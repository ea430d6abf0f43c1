// What an application does with OpenAI's npm client. Prints one JSON line for each check; the test reads them.
import assert from 'node:assert/strict';
import OpenAI from 'openai';

const [baseURL, chatModel, embeddingModel, failing] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: 'no-key-needed', maxRetries: 0 });
const messages = [{ role: 'user', content: 'Hello' }];
const text = 'Hello from the scripted upstream.';
const tools = ['weather', 'time'].map((name) => ({ type: 'function', function: { name, parameters: { type: 'object' } } }));
const cities = (calls) => calls.map((call) => JSON.parse(call.function.arguments).city);

const checks = {
  async whole() {
    const answer = await client.chat.completions.create({ model: chatModel, messages });
    assert.equal(answer.choices[0].message.content, text);
    assert.equal(answer.choices[0].finish_reason, 'stop');
    assert.equal(answer.usage.total_tokens, 18);
  },

  async streamed() {
    const stream = await client.chat.completions.create({ model: chatModel, messages, stream: true, stream_options: { include_usage: true } });
    let said = '';
    let usage;
    for await (const chunk of stream) {
      said += chunk.choices[0]?.delta?.content ?? '';
      usage = chunk.usage ?? usage;
    }
    assert.equal(said, text);
    assert.equal(usage.total_tokens, 18);
  },

  async tools() {
    const answer = await client.chat.completions.create({ model: chatModel, messages, tools });
    assert.deepEqual(cities(answer.choices[0].message.tool_calls), ['Paris', 'Zürich']);
    assert.equal(answer.choices[0].finish_reason, 'tool_calls');
  },

  // The client's own accumulator: it throws on chunks that do not fit together.
  async streamedTools() {
    const answer = await client.chat.completions.stream({ model: chatModel, messages, tools }).finalChatCompletion();
    assert.deepEqual(answer.choices[0].message.tool_calls.map((call) => call.function.name), ['weather', 'time']);
    assert.deepEqual(cities(answer.choices[0].message.tool_calls), ['Paris', 'Zürich']);
  },

  async embeddings() {
    const answer = await client.embeddings.create({ model: embeddingModel, input: ['one', 'two'] });
    assert.deepEqual(answer.data[1].embedding, [1, 0.5, -0.25, 0.125]);
  },

  async models() {
    const ids = [];
    for await (const model of client.models.list()) {
      ids.push(model.id);
    }
    assert.ok(ids.includes(chatModel), ids.join());
    assert.equal((await client.models.retrieve(chatModel)).id, chatModel);
  },
};

const errors = {
  400: OpenAI.BadRequestError,
  404: OpenAI.NotFoundError,
  429: OpenAI.RateLimitError,
  502: OpenAI.InternalServerError,
};
for (const [status, type] of Object.entries(errors)) {
  checks['error' + status] = () => assert.rejects(
    client.chat.completions.create({ model: JSON.parse(failing)[status], messages }),
    (error) => {
      assert.ok(error instanceof type, `${error.constructor.name}: ${error.message}`);
      assert.equal(error.status, Number(status));
      assert.equal(typeof error.code, 'string');
      assert.ok(error.requestID);
      return true;
    });
}

checks.errorInStream = async () => {
  const stream = await client.chat.completions.create({ model: JSON.parse(failing).cut, messages, stream: true });
  let said = '';
  await assert.rejects(async () => {
    for await (const chunk of stream) {
      said += chunk.choices[0]?.delta?.content ?? '';
    }
  }, OpenAI.APIError);
  assert.equal(said, 'Hello from');
};

for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(JSON.stringify({ name, passed: true }));
  } catch (fault) {
    console.log(JSON.stringify({ name, passed: false, fault: String(fault.stack ?? fault) }));
  }
}
