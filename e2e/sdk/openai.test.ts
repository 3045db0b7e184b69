import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import OpenAI, {
  APIConnectionError,
  AuthenticationError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from 'openai';
import type { Behaviour } from '../fake-upstream.ts';
import { type SdkStage, setSdkStage } from './stage.ts';

// OpenAI's own SDK, unchanged, with a token for a key and our address for a base URL.

const answer: Behaviour = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': 'req_1', 'openai-processing-ms': '7' });
  response.end(
    JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model: 'gpt-5.2',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hello' } }],
    }),
  );
};

const chunk = (content: string) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content } }] })}\n\n`;

const words = ['the ', 'quick ', 'brown ', 'fox'];

let stage: SdkStage;
let client: OpenAI;

describe('the openai SDK', () => {
  before(async () => {
    const capabilities = ['openai/chat-completions', 'openai/models', 'openai/files', 'openai/embeddings'];
    stage = await setSdkStage({
      hostName: 'api.openai.com',
      secret: 'OPENAI_API_KEY',
      keyPrefix: 'sk-proj-',
      capabilities,
    });
    client = new OpenAI({ apiKey: stage.token, baseURL: `${stage.host.baseUrl}/v/openai/v1`, maxRetries: 0 });
  });
  beforeEach(() => stage.upstream.forget());
  after(() => stage.close());

  const messages = [{ role: 'user' as const, content: 'hi' }];

  test('a chat completion goes up with the real key and comes back parsed', async () => {
    stage.upstream.behave(answer);
    const { data, response } = await client.chat.completions.create({ model: 'gpt-5.2', messages }).withResponse();
    assert.equal(data.choices[0]?.message.content, 'hello');
    assert.equal(response.headers.get('x-request-id'), 'req_1');
    const [seen] = stage.upstream.requests;
    assert.equal(seen?.target, '/v1/chat/completions');
    assert.deepEqual(seen?.header('authorization'), [`Bearer ${stage.key}`]);
    assert.deepEqual(seen?.header('content-type'), ['application/json']);
    assert.deepEqual(JSON.parse(seen!.body.toString()), { model: 'gpt-5.2', messages });
    assert.ok(!seen!.headers.flat().join().includes(stage.token));
  });

  test('a stream arrives chunk by chunk: the second is only sent once the first was read', async () => {
    let goOn: () => void = () => {};
    stage.upstream.behave(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const word of words) {
        const read = new Promise<void>((resolve) => (goOn = resolve));
        response.write(chunk(word));
        await read;
      }
      response.end('data: [DONE]\n\n');
    });
    const stream = await client.chat.completions.create({ model: 'gpt-5.2', messages, stream: true });
    const read: string[] = [];
    for await (const part of stream) {
      read.push(part.choices[0]?.delta.content ?? '');
      goOn();
    }
    assert.deepEqual(read, words);
  });

  test('a stream that the caller gives up is given up upstream', async () => {
    const closed = new Promise<void>((resolve) => {
      stage.upstream.behave((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(chunk('first'));
        response.once('close', resolve);
      });
    });
    const stream = await client.chat.completions.create({ model: 'gpt-5.2', messages, stream: true });
    for await (const _part of stream) break;
    await closed;
  });

  test('a list is paged through', async () => {
    stage.upstream.behave((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ object: 'list', data: [{ id: 'a' }, { id: 'b' }] }));
    });
    const ids: string[] = [];
    for await (const model of client.models.list()) ids.push(model.id);
    assert.deepEqual(ids, ['a', 'b']);
  });

  test('a file is uploaded byte for byte', async () => {
    stage.upstream.behave((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"id":"file-1","object":"file"}');
    });
    const content = new Uint8Array(200_000).map((_, index) => index % 251);
    const file = await client.files.create({ file: new File([content], 'a.bin'), purpose: 'assistants' });
    assert.equal(file.id, 'file-1');
    const [seen] = stage.upstream.requests;
    assert.match(seen!.header('content-type')[0]!, /^multipart\/form-data; boundary=/);
    assert.ok(seen!.body.includes(Buffer.from(content)));
  });

  test('an error of the provider is its own error class, with its headers', async () => {
    stage.upstream.behave((_request, response) => {
      response.writeHead(429, {
        'content-type': 'application/json',
        'retry-after': '3',
        'x-ratelimit-remaining-requests': '0',
      });
      response.end('{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}');
    });
    await assert.rejects(client.chat.completions.create({ model: 'gpt-5.2', messages }), (error) => {
      assert.ok(error instanceof RateLimitError);
      assert.equal(error.code, 'rate_limit_exceeded');
      assert.equal(error.headers.get('retry-after'), '3');
      assert.equal(error.headers.get('x-ratelimit-remaining-requests'), '0');
      assert.equal(error.headers.get('aivault-error'), null);
      return true;
    });
  });

  test('our refusals are errors the SDK knows, marked as ours', async () => {
    stage.upstream.behave(answer);
    await assert.rejects(client.moderations.create({ input: 'x' }), (error) => {
      assert.ok(error instanceof PermissionDeniedError || error instanceof NotFoundError);
      assert.match(error.headers.get('aivault-error') ?? '', /policy_violation|capability_not_found/);
      return true;
    });
    const stranger = new OpenAI({ apiKey: `avp_${'A'.repeat(43)}`, baseURL: client.baseURL, maxRetries: 0 });
    await assert.rejects(stranger.models.list(), AuthenticationError);
    assert.equal(stage.upstream.requests.length, 0);
  });

  test('an upstream that dies in the middle of its answer is an error, not a short answer', async () => {
    stage.upstream.behave((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 500_000 });
      response.write(' '.repeat(200_000));
      setTimeout(() => response.destroy(), 30);
    });
    await assert.rejects(
      client.models.list(),
      (error: Error) => error instanceof APIConnectionError || /terminated|aborted|reset|JSON/i.test(error.message),
    );
  });

  test('with the two environment variables a program needs no change at all', async () => {
    stage.upstream.behave(answer);
    const program = `
    import OpenAI from 'openai';
    const client = new OpenAI();
    const done = await client.chat.completions.create({ model: 'gpt-5.2', messages: [{ role: 'user', content: 'hi' }] });
    process.stdout.write(done.choices[0].message.content);`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      cwd: new URL('../..', import.meta.url).pathname,
      env: {
        PATH: process.env.PATH,
        OPENAI_API_KEY: stage.token,
        OPENAI_BASE_URL: `${stage.host.baseUrl}/v/openai/v1`,
      },
    });
    assert.deepEqual([stdout, stderr], ['hello', '']);
    assert.deepEqual(stage.upstream.requests[0]?.header('authorization'), [`Bearer ${stage.key}`]);
  });
});
