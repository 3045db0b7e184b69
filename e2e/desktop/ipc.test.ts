import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Result } from '#contract/errors.ts';
import { isOperationName, operations } from '#contract/operations.ts';
import { electron, type StartedApp, startApp } from './start-app.ts';

// Who may ask, and what may be asked, through the window's channel (row 17; I5). On the recording double (host: double).

describe("the window's channel", () => {
  let started: StartedApp;
  before(async () => {
    started = await startApp();
  });
  after(() => started.quit());
  const { control, windows, system } = electron;

  const ask = (frame: unknown, sender: unknown, ...words: unknown[]) =>
    control.invoke('aivault:ask', frame as object | null, sender as object, ...words) as Promise<Result<unknown>>;
  const code = (result: Result<unknown>) => (result.ok ? 'ok' : result.error.error);
  const contents = () => windows[0]?.contents ?? {};

  test('our own main frame is answered', async () => {
    assert.equal(code(await ask(started.frame, contents(), 'vault.status', {})), 'ok');
  });

  const foreignFrames: readonly [string, object | null][] = [
    ['no frame', null],
    ['a sub-frame of our page', { origin: 'app://bundle', parent: { origin: 'app://bundle' } }],
    ...[
      'app://bundle@evil',
      'app://bundle:80',
      'app://BUNDLE',
      'app://bundle.evil',
      'app://evil',
      'app://bundle/',
      'APP://bundle',
      'null',
      '',
      'file://',
      'https://bundle',
      'data:',
      'about:blank',
    ].map((origin): [string, object] => [`origin ${JSON.stringify(origin)}`, { origin, parent: null }]),
  ];
  for (const [who, frame] of foreignFrames) {
    test(`${who} is refused before its question is read`, async () => {
      assert.equal(code(await ask(frame, contents(), 'vault.status', {})), 'origin_refused');
    });
  }

  test('the right origin in web contents that no window of ours has is refused', async () => {
    assert.equal(code(await ask(started.frame, {}, 'vault.status', {})), 'origin_refused');
  });

  test('unknown names, prototype names and wrong types are clear refusals', async () => {
    for (const name of ['vault.statu', '__proto__', 'constructor', 'toString', '', 7, null, {}, ['vault.status']]) {
      assert.equal(code(await ask(started.frame, contents(), name, {})), 'invalid_request', String(name));
    }
    assert.equal(code(await ask(started.frame, contents(), 'vault.status', { extra: 1 })), 'invalid_request');
  });

  test('a row that asks for presence asks the person; no is no, and the page cannot say yes itself', async () => {
    await ask(started.frame, contents(), 'vault.init', { choice: { provider: 'file' } });
    const mint = { name: 'x', scopes: ['secrets:read'] };
    const dialogs = () => control.log().filter(({ name }) => name === 'dialog.showMessageBox');
    system.dialogResponse = 0;
    assert.equal(
      code(await ask(started.frame, contents(), 'tokens.createPersonal', mint, { confirmed: true })),
      'presence_required',
    );
    assert.equal(dialogs().length, 1);
    const shown = dialogs()[0]?.words[0] as { defaultId: number; cancelId: number; detail: string };
    assert.deepEqual([shown.defaultId, shown.cancelId], [0, 0], 'Enter and Esc say no');
    assert.match(shown.detail, /personal token/);
    system.dialogResponse = 1;
    assert.equal(code(await ask(started.frame, contents(), 'tokens.createPersonal', mint)), 'ok');
    const { entries } = (await started.ask('audit.list', {})) as never as { entries: never };
    assert.equal(entries, undefined, 'an answer is a Result, never a bare value');
    const log = await started.ask('audit.list', {});
    assert.ok(
      log.ok && log.value.entries.some(({ presence, actor }) => presence === 'window' && actor === 'operator:window'),
    );
  });

  test('I10 a locked vault refuses the window too, whatever the person would confirm', async () => {
    await started.ask('vault.lock', {});
    system.dialogResponse = 1;
    for (const name of Object.keys(operations).filter(isOperationName)) {
      if (operations[name].vault === 'any') continue;
      assert.equal(code(await ask(started.frame, contents(), name, {})), 'vault_locked', name);
    }
    assert.equal(code(await started.ask('vault.unlock', {})), 'ok');
  });

  test('the channel is registered once, and asking is the only thing a page can do', () => {
    assert.throws(() => electron.ipcMain.handle('aivault:ask', async () => null), /second handler/);
    return assert.rejects(control.invoke('aivault:event', started.frame, contents()), /No handler registered/);
  });

  test('announcements reach the window with a name and a time, nothing else', async () => {
    await started.ask('secrets.create', { name: 'SOME_KEY', value: 'a value nobody may see again' });
    await started.until(
      () =>
        windows[0]?.contents.sent.some(([, event]) => (event as { event: string }).event === 'secrets.changed') ===
        true,
      'secrets.changed',
    );
    for (const [channel, event] of windows[0]?.contents.sent ?? []) {
      assert.equal(channel, 'aivault:event');
      assert.deepEqual(Object.keys(event as object).toSorted(), ['atMs', 'event']);
    }
  });
});
