import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import type { Message } from '#contract/proxied.ts';
import { createHeldMessages, type HeldMessages } from './held-messages.ts';

// I6: what WebSockets hold of messages has an end.

const most = 1_000;

function caller(held: HeldMessages) {
  const connection = new PassThrough();
  connection.on('data', () => {});
  const messages = new EventEmitter();
  const waiting: Message[] = [];
  async function* incoming() {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) yield next;
  }
  const read = held.counted(connection, messages, incoming())[Symbol.asyncIterator]();
  return {
    connection,
    read,
    sendPart: (bytes: number) => connection.emit('data', new Uint8Array(bytes)),
    sendWhole(bytes: number) {
      connection.emit('data', new Uint8Array(bytes));
      waiting.push({ data: new Uint8Array(bytes), text: false });
      messages.emit('message', new Uint8Array(bytes));
    },
  };
}

test('I6 where messages that are not complete take too much, whoever holds most of them is cut off, and nobody else', () => {
  const held = createHeldMessages(most);
  const [large, small, other] = [caller(held), caller(held), caller(held)];
  large.sendPart(600);
  small.sendPart(100);
  other.sendPart(299);
  assert.ok(!large.connection.destroyed);
  other.sendPart(2);
  assert.deepEqual(
    [large, small, other].map(({ connection }) => connection.destroyed),
    [true, false, false],
  );
  // What it held is no longer counted, and it counts no more.
  large.sendPart(900);
  other.sendPart(500);
  assert.ok(!other.connection.destroyed && !small.connection.destroyed);
});

test('I6 a message counts until the next one is asked for; then its place is free again', async () => {
  const held = createHeldMessages(most);
  const one = caller(held);
  for (let n = 0; n < 50; n++) {
    one.sendWhole(400);
    await one.read.next();
  }
  one.sendPart(500);
  assert.ok(!one.connection.destroyed);
  one.sendPart(200);
  assert.ok(one.connection.destroyed, 'the one before is still passed on');
});

test('I6 a connection that ends gives back what it held', async () => {
  const held = createHeldMessages(most);
  const gone = caller(held);
  gone.sendPart(900);
  gone.connection.destroy();
  await new Promise((resolve) => setImmediate(resolve));
  const next = caller(held);
  next.sendPart(900);
  assert.ok(!next.connection.destroyed);
});
