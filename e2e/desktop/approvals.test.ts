import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Input } from '#contract/call.ts';
import type { ApprovalRequest } from '#contract/schemas/approvals.ts';
import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';
import { electron, type StartedApp, startApp } from './start-app.ts';

// Requests that wait for a person, in the shell: the small window, the tray and the system's own question. Real requests
// through the endpoint of a real vault; Electron is the recording double (host: double).

const { control, system, windows } = electron;
const capability = 'openai/chat-completions';
const secret = 'sk-proj-canary0000000000000000000000000000000000000000AAAA';

interface Box {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
  readonly defaultId: number;
  readonly cancelId: number;
}

describe('requests that wait, in the shell', () => {
  let upstream: FakeUpstream;
  let app: StartedApp;
  let baseUrl = '';
  let token = '';
  let calls = 0;

  before(async () => {
    upstream = await startFakeUpstream({ names: ['api.openai.com'] });
    process.env.AIVAULT_DEV_RESOLVE = upstream.resolve('api.openai.com');
    process.env.AIVAULT_DEV_CA_CERT_PATH = upstream.authority.certPath;
    app = await startApp();
    await asked('vault.init', { choice: { provider: 'file' } });
    await asked('secrets.create', { name: 'OPENAI_API_KEY', value: secret });
    await asked('policies.set', { capability, askOperator: true });
    baseUrl = (await asked('vault.status', {})).endpoint?.baseUrl ?? '';
  });
  after(async () => {
    await app.quit();
    await upstream.close();
    delete process.env.AIVAULT_DEV_RESOLVE;
    delete process.env.AIVAULT_DEV_CA_CERT_PATH;
  });
  beforeEach(async () => {
    // A caller that was denied is not asked about for a while: each test has its own.
    token = (await asked('tokens.mint', { name: 'claude in web-shop', capabilities: [capability] })).token;
    upstream.forget();
    windows[0]!.focused = false;
  });

  async function asked<N extends Parameters<StartedApp['ask']>[0]>(name: N, input: Input<N>) {
    const result = await app.ask(name, input);
    assert.ok(result.ok, result.ok ? '' : result.error.message);
    return result.value;
  }
  /** Calls as a tool does; resolves to the status. */
  async function call(path = '/v1/chat/completions'): Promise<number> {
    calls += 1;
    const answer = await fetch(`${baseUrl}/v/openai${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: `{"model":"m","call":${calls}}`,
    });
    await answer.arrayBuffer();
    return answer.status;
  }
  async function waiting(count: number): Promise<ApprovalRequest[]> {
    for (const deadline = Date.now() + 5_000; ; ) {
      const { waiting: found } = await asked('approvals.list', {});
      if (found.length === count) return found;
      if (Date.now() > deadline) throw new Error(`${found.length} wait, not ${count}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  const small = () => windows.find(({ url }) => url === 'app://bundle/#approvals');
  const opened = () => control.log().filter(({ words }) => words[0] === 'app://bundle/#approvals').length;
  const press = (wanted: string) =>
    (system.tray?.menu.find(({ label }) => label === wanted)?.click as (() => void) | undefined)?.();
  const boxes = () =>
    control.log().flatMap(({ name, words }) => (name === 'dialog.showMessageBox' ? [words[0] as Box] : []));

  test('H4 a request that comes while the person works elsewhere opens one small window, which takes no keys', async () => {
    const before = opened();
    const first = call();
    await app.until(() => small()?.visible === true, 'the small window');
    const window = small()!;
    assert.equal(window.focused, false);
    assert.equal(windows[0]?.focused, false, 'nor does the main window');
    assert.equal(window.contentProtected, true);
    assert.deepEqual(window.options.webPreferences, windows[0]?.options.webPreferences, 'locked down like the others');
    assert.deepEqual([window.options.x, window.options.y], [1920 - 480 - 16, 24 + 16], 'beside the work, not under it');
    assert.ok(control.log().some(({ name, words }) => name === 'setAlwaysOnTop' && words[0] === true));
    assert.match(system.tray?.image.path ?? '', /tray-attention/);
    assert.equal(system.tray?.toolTip, 'aivault: 1 request waits for you');

    const second = call('/v1/chat/completions?n=2');
    const [one, two] = await waiting(2);
    await app.until(() => system.tray?.toolTip === 'aivault: 2 requests wait for you', 'the tray');
    assert.equal(opened(), before + 1, 'one window for all of them');
    await asked('approvals.deny', { approvalId: one!.approvalId });
    assert.equal(await first, 403);
    assert.ok(small(), 'one still waits');
    await asked('approvals.deny', { approvalId: two!.approvalId });
    assert.equal(await second, 403);
    await app.until(() => small() === undefined, 'the small window goes with the last');
    await app.until(() => system.tray?.image.path.includes('tray-unlocked') === true, 'the tray is calm again');
    assert.equal(upstream.requests.length, 0);
  });

  test('the main window in front shows the cards itself; coming to the front it takes them over', async () => {
    const before = opened();
    windows[0]!.focused = true;
    const one = call();
    await waiting(1);
    await app.until(() => system.tray?.toolTip.includes('1 request') === true, 'the tray');
    assert.equal(opened(), before);
    windows[0]!.focused = false;
    const two = call('/v1/chat/completions?n=3');
    await app.until(() => small() !== undefined, 'the small window');
    press('Open aivault');
    await app.until(() => small() === undefined, 'the small window leaves it to the main one');
    for (const { approvalId } of await waiting(2)) await asked('approvals.deny', { approvalId });
    assert.deepEqual(await Promise.all([one, two]), [403, 403]);
  });

  test('a small window the person closed comes back for another request, or from the tray, not for the same', async () => {
    const one = call();
    await app.until(() => small() !== undefined, 'the small window');
    const before = opened();
    const [{ approvalId }] = (await waiting(1)) as [ApprovalRequest];
    (electron.BrowserWindow.fromWebContents(small()!.contents) as { close(): void }).close();
    assert.equal(small(), undefined);
    await asked('endpoint.setPaused', { paused: false });
    await app.until(
      () => system.tray?.menu.some(({ label }) => label === '1 request waits for you…') === true,
      'a line',
    );
    assert.equal(opened(), before);
    press('1 request waits for you…');
    await app.until(() => small()?.focused === true, 'asked for, it gets the keys');
    await asked('approvals.deny', { approvalId });
    assert.equal(await one, 403);
    await app.until(() => small() === undefined, 'its end');
  });

  test('H1 allowing asks the person in words of the host; Cancel leaves it waiting, and the yes sends exactly that', async () => {
    const answer = call();
    const [{ approvalId, body }] = (await waiting(1)) as [ApprovalRequest];
    system.dialogResponse = 0;
    const before = boxes().length;
    const declined = await app.ask('approvals.allow', { approvalId }, { confirmed: true });
    assert.equal(declined.ok ? 'allowed' : declined.error.error, 'presence_required');
    const [box] = boxes().slice(before);
    assert.equal(box?.message, 'Allow this request?');
    assert.deepEqual(box?.buttons, ['Cancel', 'Allow']);
    assert.deepEqual([box?.defaultId, box?.cancelId], [0, 0], 'Enter and Esc say no');
    assert.equal(
      box?.detail,
      [
        'claude in web-shop wants to use openai/chat-completions, with openai:',
        '',
        'POST https://api.openai.com/v1/chat/completions',
        `with ${body?.bytes} bytes of its own, SHA-256 ${body?.sha256}`,
        '',
        'Rule: claude in web-shop may send exactly this request, once.',
      ].join('\n'),
    );
    assert.equal((await waiting(1))[0]?.approvalId, approvalId);
    assert.equal(upstream.requests.length, 0);

    system.dialogResponse = 1;
    await asked('approvals.allow', { approvalId });
    assert.equal(await answer, 200);
    assert.equal(upstream.requests.length, 1);
    const { entries } = await asked('audit.list', { kind: 'approvals.allow', limit: 1 });
    assert.equal(entries[0]?.presence, 'window');
  });

  test('the rule that is asked about is the rule that will stand, its end included', async () => {
    const answer = call();
    const [{ approvalId }] = (await waiting(1)) as [ApprovalRequest];
    system.dialogResponse = 1;
    await asked('approvals.allow', { approvalId, lasts: 'hour', covers: 'capability' });
    assert.match(
      boxes().at(-1)?.detail ?? '',
      /Rule: claude in web-shop may send anything openai\/chat-completions allows, with openai, until \d\d:\d\d\.$/,
    );
    assert.equal(await answer, 200);
    const { standing } = await asked('approvals.list', {});
    assert.deepEqual(
      standing.map(({ method, url }) => [method, url]),
      [[null, null]],
    );
    await asked('approvals.withdraw', { standingId: standing[0]!.standingId });
  });

  test('H5 what no longer waits is not asked about: the person cannot say yes to something else', async () => {
    const before = boxes().length;
    system.dialogResponse = 1;
    const result = await app.ask('approvals.allow', { approvalId: '0'.repeat(32) });
    assert.equal(result.ok ? 'allowed' : result.error.error, 'not_found');
    assert.equal(boxes().length, before);
  });

  test('H3 no name and no address can hide the host in the dialog, or turn its text around', async () => {
    const name = `shop   POST https://harmless.example/ ${'N'.repeat(80)}`;
    token = (await asked('tokens.mint', { name, capabilities: [capability] })).token;
    const answer = call(`/v1/chat/completions?q=${'x'.repeat(4_000)}`);
    const [{ approvalId }] = (await waiting(1)) as [ApprovalRequest];
    system.dialogResponse = 0;
    await app.ask('approvals.allow', { approvalId });
    const detail = boxes().at(-1)?.detail ?? '';
    assert.ok(!/[\u202a-\u202e\u2066-\u2069]/.test(detail));
    const lines = detail.split('\n');
    assert.equal(lines.length, 6, 'no line of theirs');
    assert.match(lines[0] ?? '', /^shop +POST /);
    assert.match(
      lines[2] ?? '',
      /^POST https:\/\/api\.openai\.com\/v1\/chat\/completions\?q=x+… \(4,\d{3} characters\)$/,
    );
    assert.ok(detail.length < 1_200, 'it fits a screen');
    await asked('approvals.deny', { approvalId });
    assert.equal(await answer, 403);
  });

  test('locking refuses what waits and closes the small window', async () => {
    const answer = call();
    await app.until(() => small() !== undefined, 'the small window');
    await asked('vault.lock', {});
    assert.equal(await answer, 423);
    await app.until(() => small() === undefined, 'its end');
    await asked('vault.unlock', {});
  });
});

test('H2 who stops the asking in the window is asked by the system first, about which capability', async () => {
  const app = await startApp();
  try {
    await app.ask('vault.init', { choice: { provider: 'passphrase', passphrase: 'four words are enough' } });
    await app.ask('policies.set', { capability, askOperator: true });
    const asks = async () => {
      const shown = await app.ask('policies.show', { capability });
      return shown.ok && shown.value.policy.askOperator;
    };
    assert.equal(control.when('dialog.showMessageBox'), -1, 'who starts it is not');
    system.dialogResponse = 0;
    const refused = await app.ask('policies.set', { capability, askOperator: false }, { confirmed: true });
    assert.equal(refused.ok ? 'stopped' : refused.error.error, 'presence_required');
    const box = control.log()[control.when('dialog.showMessageBox')]?.words[0] as Box;
    assert.match(box.detail, /^Limit a capability.*\n\nIt is about openai\/chat-completions\.$/);
    assert.equal(await asks(), true);
    system.dialogResponse = 1;
    assert.ok((await app.ask('policies.clear', { capability })).ok);
    assert.equal(await asks(), false);
    const log = await app.ask('audit.list', { kind: 'policies.clear', outcome: 'done' });
    assert.equal(log.ok && log.value.entries[0]?.presence, 'window');
  } finally {
    await app.quit();
  }
});
