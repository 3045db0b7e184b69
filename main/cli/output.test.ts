import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { bold, createOutput, type OutputStream } from './output.ts';

function sink(isTTY: boolean): { stream: OutputStream; text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY }), text: () => text };
}

function outputs(options: { json?: boolean; isTTY?: boolean; noColor?: string } = {}) {
  const stdout = sink(options.isTTY ?? false);
  const stderr = sink(options.isTTY ?? false);
  const out = createOutput({
    stdout: stdout.stream,
    stderr: stderr.stream,
    json: options.json ?? false,
    noColor: options.noColor,
  });
  const read = (text: () => string) => () => {
    out.flush();
    return text();
  };
  return { out, stdout: read(stdout.text), stderr: read(stderr.text) };
}

test('G56: data cannot steer the terminal, in lines and in JSON', () => {
  const name = 'a\u001b[2Jb\nc\u202Ed\u007f';
  const human = outputs();
  human.out.line(bold(name));
  assert.equal(human.stdout(), 'a\\u001b[2Jb\\u000ac\\u202ed\\u007f\n');
  const machine = outputs({ json: true });
  machine.out.answer({ name }, () => {});
  assert.doesNotMatch(machine.stdout(), /[\u001b\u202e\u007f]/);
  assert.deepEqual(JSON.parse(machine.stdout()), { name });
});

test('E7: what an upstream says cannot steer a terminal, and is left alone everywhere else', async () => {
  const said = Buffer.from('{\n\t"a": "é\u001b]0;x\u0007\u009b2J\u202e\u200d"}\r\n\rgone');
  const person = outputs({ isTTY: true });
  for (const byte of said) await person.out.body(Uint8Array.of(byte));
  assert.equal(person.stdout(), '{\n\t"a": "é\\u001b]0;x\\u0007\\u009b2J\\u202e\u200d"}\\u000d\n\\u000dgone');
  const whole = outputs({ isTTY: true });
  await whole.out.body(said);
  assert.ok(whole.stdout().endsWith('"}\n\\u000dgone'));
  const pipe = outputs();
  await pipe.out.body(said);
  assert.equal(pipe.stdout(), said.toString());
});

test('colour only at a terminal, and not with NO_COLOR', () => {
  const cases = [
    [{ isTTY: true }, true],
    [{ isTTY: false }, false],
    [{ isTTY: true, noColor: '1' }, false],
    [{ isTTY: true, noColor: '' }, true],
  ] as const;
  for (const [options, coloured] of cases) {
    const { out, stdout } = outputs(options);
    out.line(bold('x'));
    assert.equal(stdout().includes('\u001b['), coloured, JSON.stringify(options));
  }
});

test('a notice is on stdout for people and on stderr beside JSON', () => {
  const human = outputs();
  human.out.notice('Secret created: A');
  assert.deepEqual([human.stdout(), human.stderr()], ['Secret created: A\n', '']);
  const machine = outputs({ json: true });
  machine.out.notice('Secret created: A');
  machine.out.line('not shown');
  assert.deepEqual([machine.stdout(), machine.stderr()], ['', 'Secret created: A\n']);
});

test('an error is one line with its code, and a hint', () => {
  const { out, stdout, stderr } = outputs();
  out.error({ error: 'vault_locked', message: 'The vault is locked.', hint: 'aivault unlock' });
  assert.deepEqual([stdout(), stderr()], ['', 'error: vault_locked: The vault is locked.\nhint: aivault unlock\n']);
});
