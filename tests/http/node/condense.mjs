// Conversations too long for their model, sent by OpenAI's and Anthropic's npm clients. Prints one JSON line for each check; the
// test reads them. The provider behind the gateway refuses what the real one would, and bills the tokens that it was sent.
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

const [url, key, given] = process.argv.slice(2);
const models = JSON.parse(given);
const openai = new OpenAI({ baseURL: `${url}v1`, apiKey: key, maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 });
const text = 'Hello from the scripted upstream.';
const question = 'Which code opens the vault of the Zanzibar branch?';
// With tools, and no result of one left, the provider calls them.
const answered = /^(stop|end_turn|tool_calls|tool_use)$/;
const say = (role, i) => ({ role, content: `${role === 'user' ? 'I noticed' : 'Interesting'}, on day ${i}: the harvest festival was crowded and the musicians played until midnight.` });
const cities = ['Zanzibar', 'Paris'];

// Turns by turns, every tenth with two calls side by side, as each dialect has them.
function talk(turns, addTools) {
  const messages = [];
  for (let i = 0; i < turns; i++) {
    messages.push(say('user', i));
    if (i % 10 === 3 || i === turns - 1) {
      addTools?.(messages, i);
    }
    messages.push(say('assistant', i));
  }
  return [...messages, { role: 'user', content: question }];
}

const result = (city, i) => `{"vault":${i},"branch":"${city}","open":true}`;

function chatTools(messages, i) {
  messages.push({
    role: 'assistant',
    content: null,
    tool_calls: cities.map((branch, n) => ({ id: `call_${i}_${n}`, type: 'function', function: { name: 'look_up', arguments: JSON.stringify({ branch }) } })),
  });
  cities.forEach((branch, n) => messages.push({ role: 'tool', tool_call_id: `call_${i}_${n}`, content: result(branch, i) }));
}

// A thought, two calls, and their results with what the user says beside them in one turn.
function messagesTools(messages, i) {
  messages.push({
    role: 'assistant',
    content: [
      { type: 'thinking', thinking: 'I should look it up.', signature: 'c2ln' },
      ...cities.map((branch, n) => ({ type: 'tool_use', id: `toolu_${i}_${n}`, name: 'look_up', input: { branch } })),
    ],
  });
  messages.push({
    role: 'user',
    content: [
      ...cities.map((branch, n) => ({ type: 'tool_result', tool_use_id: `toolu_${i}_${n}`, content: [{ type: 'text', text: result(branch, i) }] })),
      { type: 'text', text: 'And be quick about it.' },
    ],
  });
}

function responsesTools(messages, i) {
  messages.push({ type: 'reasoning', id: `rs_${i}`, summary: [] });
  cities.forEach((branch, n) => messages.push({ type: 'function_call', call_id: `call_${i}_${n}`, name: 'look_up', arguments: JSON.stringify({ branch }) }));
  cities.forEach((branch, n) => messages.push({ type: 'function_call_output', call_id: `call_${i}_${n}`, output: result(branch, i) }));
}

const chatToolList = [{ type: 'function', function: { name: 'look_up', parameters: { type: 'object', properties: {} } } }];
const messagesToolList = [{ name: 'look_up', input_schema: { type: 'object' } }];
const responsesToolList = [{ type: 'function', name: 'look_up', parameters: { type: 'object' }, strict: false }];

// What the gateway says it sent is what the provider counts, or more where the tokenizer is not public.
function assertCondensed(response, billed, isExact) {
  const told = response.headers.get('x-proxy-condensed');
  assert.match(told ?? 'nothing', /^\d+->\d+$/);
  const [before, after] = told.split('->').map(Number);
  assert.ok(after < before, told);
  assert.ok(billed <= after, `${billed} tokens were sent, ${told} told.`);
  assert.ok(!isExact || billed >= after * 0.9, `${billed} tokens were sent, ${told} told.`);
}

function assertTooLong(error, type, code) {
  assert.ok(error instanceof type, `${error.constructor.name}: ${error.message}`);
  assert.equal(error.status, 400);
  assert.equal(error.code, code);
  return true;
}

const checks = {};
for (const [name, model] of Object.entries({ chat: models.chat, chatAtClaude: models.claude })) {
  const isExact = model === models.chat;
  checks[name] = async () => {
    const { data, response } = await openai.chat.completions.create({ model, messages: talk(60) }).withResponse();
    assert.equal(data.choices[0].message.content, text);
    assertCondensed(response, data.usage.prompt_tokens, isExact);
  };
  checks[`${name}Streamed`] = async () => {
    const ask = { model, messages: talk(60), stream: true, stream_options: { include_usage: true } };
    const { data, response } = await openai.chat.completions.create(ask).withResponse();
    let said = '';
    let usage;
    for await (const chunk of data) {
      said += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    assert.equal(said, text);
    assertCondensed(response, usage.prompt_tokens, isExact);
  };
  for (const strategy of ['hybrid', 'structural', 'temporal', 'semantic']) {
    checks[`${name}Tools_${strategy}`] = async () => {
      const ask = { model, messages: talk(60, chatTools), tools: chatToolList };
      const { data, response } = await openai.chat.completions.create(ask, { headers: { 'x-proxy-condense': strategy } }).withResponse();
      assert.match(data.choices[0].finish_reason, answered);
      assertCondensed(response, data.usage.prompt_tokens, false);
    };
  }
  // In the middle of a call: the conversation ends with the results.
  checks[`${name}ToolsStreamed`] = async () => {
    const messages = talk(60, chatTools);
    chatTools(messages, 60);
    const stream = openai.chat.completions.stream({ model, messages, tools: chatToolList });
    const answer = await stream.finalChatCompletion();
    assert.equal(answer.choices[0].message.content, text);
  };
}

for (const [name, model] of Object.entries({ messages: models.claude, messagesAtGpt: models.chat })) {
  checks[name] = async () => {
    const { data, response } = await anthropic.messages.create({ model, max_tokens: 200, messages: talk(80) }).withResponse();
    assert.equal(data.content[0].text, text);
    assertCondensed(response, data.usage.input_tokens, false);
  };
  for (const strategy of ['hybrid', 'structural', 'temporal', 'semantic']) {
    checks[`${name}Tools_${strategy}`] = async () => {
      const ask = { model, max_tokens: 200, system: 'Be brief.', messages: talk(80, messagesTools), tools: messagesToolList };
      const { data, response } = await anthropic.messages.create(ask, { headers: { 'x-proxy-condense': strategy } }).withResponse();
      assert.match(data.stop_reason, answered);
      assertCondensed(response, data.usage.input_tokens, false);
    };
  }
  checks[`${name}ToolsStreamed`] = async () => {
    const messages = talk(80, messagesTools);
    messages.push({ role: 'assistant', content: 'Let me see.' }, { role: 'user', content: question });
    messagesTools(messages, 80);
    const answer = await anthropic.messages.stream({ model, max_tokens: 200, messages, tools: messagesToolList }).finalMessage();
    assert.equal(answer.content[0].text, text);
  };
}

for (const strategy of ['hybrid', 'structural', 'temporal', 'semantic']) {
  checks[`responses_${strategy}`] = async () => {
    const ask = { model: models.responses, instructions: 'Be brief.', input: talk(60, responsesTools), tools: responsesToolList };
    const { data, response } = await openai.responses.create(ask, { headers: { 'x-proxy-condense': strategy } }).withResponse();
    assert.equal(data.status, 'completed');
    assertCondensed(response, data.usage.input_tokens, false);
  };
}

checks.responsesStreamed = async () => {
  const input = talk(60, responsesTools);
  responsesTools(input, 60);
  const { data, response } = await openai.responses.create({ model: models.responses, input, tools: responsesToolList, stream: true }).withResponse();
  let completed;
  for await (const event of data) {
    completed = event.type === 'response.completed' ? event.response : completed;
  }
  assert.equal(completed.status, 'completed');
  assertCondensed(response, completed.usage.input_tokens, false);
};

checks.chatOff = async () => {
  const ask = { model: models.off, messages: talk(60) };
  const isTooLong = (error) => assertTooLong(error, OpenAI.BadRequestError, 'context_length_exceeded') && /maximum context length is 2000 tokens/.test(error.message);
  await assert.rejects(openai.chat.completions.create(ask), isTooLong);
  await assert.rejects(openai.chat.completions.create({ ...ask, stream: true }), isTooLong);
};

checks.responsesOff = async () => {
  const off = { headers: { 'x-proxy-condense': 'off' } };
  const ask = { model: models.responses, input: talk(60) };
  const isTooLong = (error) => assertTooLong(error, OpenAI.BadRequestError, 'context_length_exceeded') && error.param === 'input';
  await assert.rejects(openai.responses.create(ask, off), isTooLong);
  await assert.rejects(openai.responses.create({ ...ask, stream: true }, off), isTooLong);
};

checks.messagesOff = async () => {
  const off = { headers: { 'x-proxy-condense': 'off' } };
  const ask = { model: models.claude, max_tokens: 200, messages: talk(160) };
  const isTooLong = (error) => {
    assert.ok(error instanceof Anthropic.BadRequestError, `${error.constructor.name}: ${error.message}`);
    assert.equal(error.error.type, 'error');
    assert.equal(error.error.error.type, 'invalid_request_error');
    assert.match(error.error.error.message, /^prompt is too long: \d+ tokens > 3000 maximum/);
    return true;
  };
  await assert.rejects(anthropic.messages.create(ask, off), isTooLong);
  await assert.rejects(anthropic.messages.stream(ask, off).finalMessage(), isTooLong);
};

checks.budgetTooSmall = () => assert.rejects(
  openai.chat.completions.create({ model: models.chat, messages: talk(60) }, { headers: { 'x-proxy-condense': 'hybrid; max_tokens=5' } }),
  (error) => assertTooLong(error, OpenAI.BadRequestError, 'budget_too_small'));

checks.unknownStrategy = () => assert.rejects(
  openai.chat.completions.create({ model: models.chat, messages: talk(60) }, { headers: { 'x-proxy-condense': 'magic' } }),
  (error) => assertTooLong(error, OpenAI.BadRequestError, 'unknown_strategy'));

for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(JSON.stringify({ name, passed: true }));
  } catch (fault) {
    console.log(JSON.stringify({ name, passed: false, fault: String(fault.stack ?? fault) }));
  }
}
