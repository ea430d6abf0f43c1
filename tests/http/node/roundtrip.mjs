// Every pair of a client's dialect and a type of provider, through the helpers of OpenAI's and Anthropic's npm clients:
// their accumulators throw on events that do not fit together, and their runners send back what they were told.
// Prints one JSON line for each check; the test reads them.
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

const { gateway, script, rows } = JSON.parse(process.argv[2]);
const openai = new OpenAI({ baseURL: new URL('/v1', gateway).href, apiKey: 'no-key-needed', maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: new URL(gateway).origin, apiKey: 'no-key-needed', maxRetries: 0 });
const { instructions, questions, replies, results } = script;
const toolOf = Object.fromEntries(script.tools.map((tool, i) => [tool.name, { ...tool, run: async () => results[i] }]));
const tools = Object.values(toolOf);

const chat = {
  ask: (row, feature) => ({
    model: feature === 'Cut' ? row.cutModel : row.model,
    messages: [{ role: 'system', content: instructions }, { role: 'user', content: questions[feature] }],
  }),

  async text(row) {
    const stream = openai.chat.completions.stream({ ...chat.ask(row, 'Text'), stream_options: { include_usage: true } });
    const answer = await stream.finalChatCompletion();
    assert.equal(answer.choices[0].message.content, replies.Text.text);
    assert.equal(answer.choices[0].finish_reason, 'stop');
    assert.equal(answer.usage.prompt_tokens, row.tokens.prompt);
    assert.equal(answer.usage.prompt_tokens_details?.cached_tokens ?? 0, row.tokens.cacheRead);
    assert.equal(answer.usage.prompt_tokens_details?.cache_write_tokens ?? 0, row.tokens.cacheWrite);
    assert.equal(answer.usage.completion_tokens, row.tokens.completion);
    assert.equal(answer.usage.completion_tokens_details?.reasoning_tokens ?? 0, row.tokens.reasoning);
  },

  async tools(row) {
    for (const stream of [false, true]) {
      const runner = openai.chat.completions.runTools({
        ...chat.ask(row, 'Tools'),
        stream,
        tools: tools.map(({ name, description, schema, run }) => ({ type: 'function', function: { name, description, parameters: schema, function: run, parse: JSON.parse } })),
      });
      assert.equal(await runner.finalContent(), replies.Results.text);
      const asked = runner.allChatCompletions()[0].choices[0].message;
      assert.equal(asked.content, replies.Tools.text);
      assertCalls(row, asked.tool_calls.map((call) => [call.id, call.function.name, JSON.parse(call.function.arguments)]));
    }
  },

  async schema(row) {
    const format = { type: 'json_schema', json_schema: { name: 'answer', schema: script.schema, strict: true } };
    const answer = await openai.chat.completions.parse({ ...chat.ask(row, 'Schema'), response_format: format });
    assert.deepEqual(JSON.parse(answer.choices[0].message.content), JSON.parse(replies.Schema.text));
  },

  async thoughts(row) {
    let thought = '';
    for await (const chunk of await openai.chat.completions.create({ ...chat.ask(row, 'Reasoning'), stream: true })) {
      thought += chunk.choices[0]?.delta?.reasoning_content ?? '';
    }
    assert.equal(thought, replies.Reasoning.reasoning);
  },

  async length(row) {
    const answer = await openai.chat.completions.stream(chat.ask(row, 'Length')).finalChatCompletion();
    assert.equal(answer.choices[0].finish_reason, 'length');
  },

  async filter(row) {
    const answer = await openai.chat.completions.stream(chat.ask(row, 'Filter')).finalChatCompletion();
    assert.equal(answer.choices[0].finish_reason, 'content_filter');
  },

  async cut(row) {
    const stream = openai.chat.completions.stream(chat.ask(row, 'Cut'));
    let said = '';
    stream.on('content', (piece) => { said += piece; });
    await assert.rejects(stream.finalChatCompletion(), OpenAI.APIError);
    assertBeginning(said);
  },
};

const responses = {
  ask: (row, feature) => ({
    model: feature === 'Cut' ? row.cutModel : row.model,
    instructions,
    input: [{ role: 'user', content: questions[feature] }],
  }),

  async text(row) {
    const answer = await openai.responses.stream(responses.ask(row, 'Text')).finalResponse();
    assert.equal(textOf(answer), replies.Text.text);
    assert.equal(answer.status, 'completed');
    assert.equal(answer.usage.input_tokens, row.tokens.prompt);
    assert.equal(answer.usage.input_tokens_details.cached_tokens, row.tokens.cacheRead);
    assert.equal(answer.usage.output_tokens, row.tokens.completion);
    assert.equal(answer.usage.output_tokens_details.reasoning_tokens, row.tokens.reasoning);
  },

  // What was answered goes back untouched, as OpenAI's documents tell applications to do.
  async tools(row) {
    const ask = {
      ...responses.ask(row, 'Tools'),
      tools: tools.map(({ name, description, schema }) => ({ type: 'function', name, description, parameters: schema, strict: false })),
    };
    for (const create of [(body) => openai.responses.create(body), (body) => openai.responses.stream(body).finalResponse()]) {
      const asked = await create(ask);
      assert.equal(textOf(asked), replies.Tools.text);
      const calls = asked.output.filter((item) => item.type === 'function_call');
      assertCalls(row, calls.map((call) => [call.call_id, call.name, JSON.parse(call.arguments)]));
      const outputs = calls.map((call, i) => ({ type: 'function_call_output', call_id: call.call_id, output: results[i] }));
      const answer = await create({ ...ask, input: [...ask.input, ...asked.output, ...outputs] });
      assert.equal(textOf(answer), replies.Results.text);
    }
  },

  async schema(row) {
    const format = { type: 'json_schema', name: 'answer', schema: script.schema, strict: true };
    const answer = await openai.responses.parse({ ...responses.ask(row, 'Schema'), text: { format } });
    assert.deepEqual(JSON.parse(answer.output_text), JSON.parse(replies.Schema.text));
  },

  async thoughts(row) {
    const answer = await openai.responses.stream(responses.ask(row, 'Reasoning')).finalResponse();
    const summaries = answer.output.filter((item) => item.type === 'reasoning').flatMap((item) => item.summary);
    assert.equal(summaries.map((part) => part.text).join(''), replies.Reasoning.reasoning);
  },

  length: (row) => responses.incomplete(row, 'Length', 'max_output_tokens'),

  filter: (row) => responses.incomplete(row, 'Filter', 'content_filter'),

  async incomplete(row, feature, reason) {
    let last;
    for await (const event of await openai.responses.create({ ...responses.ask(row, feature), stream: true })) {
      last = event;
    }
    assert.equal(last.type, 'response.incomplete');
    assert.equal(last.response.incomplete_details.reason, reason);
    assert.equal(last.response.usage.output_tokens, row.tokens.completion);
  },

  async cut(row) {
    const stream = openai.responses.stream(responses.ask(row, 'Cut'));
    let said = '';
    stream.on('response.output_text.delta', (event) => { said += event.delta; });
    await assert.rejects(stream.finalResponse(), OpenAI.APIError);
    assertBeginning(said);
  },
};

const messages = {
  ask: (row, feature) => ({
    model: feature === 'Cut' ? row.cutModel : row.model,
    max_tokens: 1000,
    system: instructions,
    messages: [{ role: 'user', content: questions[feature] }],
  }),

  async text(row) {
    const answer = await anthropic.messages.stream(messages.ask(row, 'Text')).finalMessage();
    assert.equal(answer.content[0].text, replies.Text.text);
    assert.equal(answer.stop_reason, 'end_turn');
    const { usage } = answer;
    assert.equal(usage.input_tokens, row.tokens.prompt - row.tokens.cacheRead - row.tokens.cacheWrite);
    assert.equal(usage.cache_read_input_tokens, row.tokens.cacheRead);
    assert.equal(usage.cache_creation_input_tokens, row.tokens.cacheWrite);
    assert.equal(usage.output_tokens, row.tokens.completion);
    assert.equal(usage.output_tokens_details?.thinking_tokens ?? 0, row.tokens.reasoning);
  },

  async tools(row) {
    for (const stream of [false, true]) {
      const runner = anthropic.beta.messages.toolRunner({
        ...messages.ask(row, 'Tools'),
        stream,
        tools: tools.map(({ name, description, schema, run }) => ({ type: 'custom', name, description, input_schema: schema, run, parse: (input) => input })),
      });
      const answer = await runner.runUntilDone();
      assert.equal(answer.content[0].text, replies.Results.text);
      const asked = runner.params.messages.find((message) => message.role === 'assistant').content;
      assert.equal(asked.find((block) => block.type === 'text').text, replies.Tools.text);
      assertCalls(row, asked.filter((block) => block.type === 'tool_use').map((block) => [block.id, block.name, block.input]));
    }
  },

  async schema(row) {
    const format = { type: 'json_schema', schema: script.schema };
    const answer = await anthropic.messages.stream({ ...messages.ask(row, 'Schema'), output_config: { format } }).finalMessage();
    assert.deepEqual(JSON.parse(answer.content[0].text), JSON.parse(replies.Schema.text));
  },

  async thoughts(row) {
    const stream = anthropic.messages.stream(messages.ask(row, 'Reasoning'));
    let thought = '';
    stream.on('thinking', (piece) => { thought += piece; });
    const answer = await stream.finalMessage();
    assert.equal(thought, replies.Reasoning.reasoning);
    assert.equal(answer.content[0].thinking, replies.Reasoning.reasoning);
    assert.equal(answer.content[1].text, replies.Reasoning.text);
  },

  async length(row) {
    const answer = await anthropic.messages.stream(messages.ask(row, 'Length')).finalMessage();
    assert.equal(answer.stop_reason, 'max_tokens');
  },

  async filter(row) {
    const answer = await anthropic.messages.stream(messages.ask(row, 'Filter')).finalMessage();
    assert.equal(answer.stop_reason, 'refusal');
  },

  async cut(row) {
    const stream = anthropic.messages.stream(messages.ask(row, 'Cut'));
    let said = '';
    stream.on('text', (piece) => { said += piece; });
    await assert.rejects(stream.finalMessage(), Anthropic.APIError);
    assertBeginning(said);
  },
};

function textOf(response) {
  return response.output.filter((item) => item.type === 'message').flatMap((item) => item.content).map((part) => part.text).join('');
}

function assertCalls(row, calls) {
  assert.deepEqual(calls, replies.Tools.calls.map((call, i) => [row.callIds[i], call.name, JSON.parse(call.arguments)]));
}

function assertBeginning(said) {
  assert.ok(said.length > 0 && replies.Cut.text.startsWith(said), said);
}

const clients = { Chat: chat, Responses: responses, Messages: messages };
const checks = rows.flatMap((row) => Object.entries(row.features).flatMap(([client, features]) =>
  features.map((feature) => ({ name: `${client} ${row.type} ${feature}`, check: () => clients[client][feature](row) }))));
const lines = await Promise.all(checks.map(async ({ name, check }) => {
  try {
    await check();
    return { name, passed: true };
  } catch (fault) {
    return { name, passed: false, fault: String(fault.stack ?? fault) };
  }
}));
for (const line of lines) {
  console.log(JSON.stringify(line));
}
