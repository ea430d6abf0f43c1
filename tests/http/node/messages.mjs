// What an application does with Anthropic's npm client. Prints one JSON line for each check; the test reads them.
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';

const [baseURL, model, failing] = process.argv.slice(2);
const client = new Anthropic({ baseURL, apiKey: 'no-key-needed', maxRetries: 0 });
const messages = [{ role: 'user', content: 'Hello' }];
const ask = { model, max_tokens: 500, messages };
const text = 'Hello from the scripted upstream.';
const tools = ['weather', 'time'].map((name) => ({ name, input_schema: { type: 'object' } }));
const cities = (blocks) => blocks.map((block) => block.input.city);

const checks = {
  async whole() {
    const answer = await client.messages.create(ask);
    assert.equal(answer.content[0].text, text);
    assert.equal(answer.stop_reason, 'end_turn');
    assert.equal(answer.usage.input_tokens + answer.usage.output_tokens, 18);
    assert.ok(answer._request_id);
  },

  // The client's own accumulator: it throws on events that do not fit together.
  async streamed() {
    const stream = client.messages.stream(ask);
    let said = '';
    stream.on('text', (piece) => { said += piece; });
    const answer = await stream.finalMessage();
    assert.equal(said, text);
    assert.equal(answer.content[0].text, text);
    assert.equal(answer.usage.input_tokens + answer.usage.output_tokens, 18);
  },

  async tools() {
    const answer = await client.messages.create({ ...ask, tools });
    assert.deepEqual(cities(answer.content), ['Paris', 'Zürich']);
    assert.equal(answer.stop_reason, 'tool_use');
  },

  async streamedTools() {
    const blocks = [];
    const stream = client.messages.stream({ ...ask, tools });
    stream.on('contentBlock', (block) => blocks.push(block));
    const answer = await stream.finalMessage();
    assert.deepEqual(answer.content.map((block) => block.name), ['weather', 'time']);
    assert.deepEqual(cities(answer.content), ['Paris', 'Zürich']);
    assert.deepEqual(cities(blocks), ['Paris', 'Zürich']);
  },

  async image() {
    const source = { type: 'base64', media_type: 'image/png', data: 'QUJD' };
    const answer = await client.messages.create({ ...ask, messages: [{ role: 'user', content: [{ type: 'image', source }] }] });
    assert.equal(answer.content[0].text, text);
  },

  async count() {
    const { input_tokens } = await client.messages.countTokens({ model, messages });
    assert.ok(input_tokens > 0);
  },
};

const errors = {
  400: Anthropic.BadRequestError,
  404: Anthropic.NotFoundError,
  429: Anthropic.RateLimitError,
  502: Anthropic.InternalServerError,
};
for (const [status, type] of Object.entries(errors)) {
  checks['error' + status] = () => assert.rejects(
    client.messages.create({ ...ask, model: JSON.parse(failing)[status] }),
    (error) => {
      assert.ok(error instanceof type, `${error.constructor.name}: ${error.message}`);
      assert.equal(error.status, Number(status));
      assert.equal(error.error.type, 'error');
      assert.equal(error.error.request_id, error.requestID);
      return true;
    });
}

checks.errorInStream = async () => {
  const stream = client.messages.stream({ ...ask, model: JSON.parse(failing).cut });
  let said = '';
  stream.on('text', (piece) => { said += piece; });
  await assert.rejects(stream.finalMessage(), Anthropic.APIError);
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
