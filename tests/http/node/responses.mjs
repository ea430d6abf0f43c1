// What an application does with the Responses of OpenAI's npm client. Prints one JSON line for each check; the test reads them.
import assert from 'node:assert/strict';
import OpenAI from 'openai';

const [baseURL, model, cutModel] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: 'no-key-needed', maxRetries: 0 });
const text = 'Hello from the scripted upstream.';
const tools = ['weather', 'time'].map((name) => ({ type: 'function', name, parameters: { type: 'object' }, strict: false }));

const checks = {
  async whole() {
    const answer = await client.responses.create({ model, instructions: 'Be brief.', input: 'Hello' });
    assert.equal(answer.output_text, text);
    assert.equal(answer.status, 'completed');
    assert.equal(answer.usage.total_tokens, 18);
  },

  async streamed() {
    const stream = await client.responses.create({ model, input: [{ role: 'user', content: 'Hello' }], stream: true });
    let said = '';
    let completed;
    let number = 0;
    for await (const event of stream) {
      assert.equal(event.sequence_number, number++);
      said += event.type === 'response.output_text.delta' ? event.delta : '';
      completed = event.type === 'response.completed' ? event.response : completed;
    }
    assert.equal(said, text);
    assert.equal(completed.output[0].content[0].text, text);
    assert.equal(completed.usage.total_tokens, 18);
  },

  // The client's own accumulator: it throws on events that do not fit together.
  async tools() {
    const input = [{ role: 'user', content: 'Weather and time?' }];
    const asked = await client.responses.stream({ model, input, tools }).finalResponse();
    const calls = asked.output.filter((item) => item.type === 'function_call');
    assert.deepEqual(calls.map((call) => [call.name, JSON.parse(call.arguments).city]), [['weather', 'Paris'], ['time', 'Zürich']]);
    const results = calls.map((call) => ({ type: 'function_call_output', call_id: call.call_id, output: 'fine' }));
    const answer = await client.responses.create({ model, input: [...input, ...calls, ...results], tools });
    assert.equal(answer.output_text, text);
  },

  async followUp() {
    const first = await client.responses.create({ model, input: 'Hello' });
    const next = client.responses.create({ model, input: 'And?', previous_response_id: first.id });
    if (first.store) {
      assert.equal((await next).output_text, text);
    } else {
      await assert.rejects(next, (error) => error instanceof OpenAI.BadRequestError && error.param === 'previous_response_id');
    }
  },

  async errors() {
    await assert.rejects(client.responses.create({ model: 'no-such-model', input: 'Hello' }), OpenAI.NotFoundError);
    await assert.rejects(client.responses.create({ model, input: [] }), OpenAI.BadRequestError);
  },

  async errorInStream() {
    const seen = [];
    await assert.rejects(async () => {
      for await (const event of await client.responses.create({ model: cutModel, input: 'Hello', stream: true })) {
        seen.push(event.type);
      }
    }, OpenAI.APIError);
    assert.equal(seen.at(-1), 'response.failed');
  },
};

for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(JSON.stringify({ name, passed: true }));
  } catch (fault) {
    console.log(JSON.stringify({ name, passed: false, fault: String(fault.stack ?? fault) }));
  }
}
