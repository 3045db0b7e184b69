import type { ReactNode } from 'react';
import type { KeyProvider } from '#contract/schemas/vault.ts';
import { useAct, useAnswers, useAsk } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Switch } from '../../ui/field.tsx';
import { Problem } from '../../ui/problem.tsx';
import { fingerprintText } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';
import { Header } from '../frame/header.tsx';
import { keepWords } from './choose-audit-keep.tsx';
import { proxyWords } from './choose-proxy.tsx';
import { CommittedInput } from './committed-input.tsx';
import { Diagnostics } from './diagnostics.tsx';

const providerWords: Readonly<Record<KeyProvider, string>> = {
  keychain: 'the system keychain',
  passphrase: 'your passphrase',
  file: 'a key file',
  env: 'an environment variable',
};
const lockChoices = [1, 5, 15, 30, 60, 240, 1440];

export function SettingsRoom() {
  const { client } = useAnswers();
  const settings = useAsk('settings.show', {}).value;
  const status = useAsk('vault.status', {}).value;
  const set = useAct('settings.set');
  const pause = useAct('endpoint.setPaused');
  const open = useView((view) => view.open);
  const paused = status?.endpoint?.paused === true;
  return (
    <>
      <Header title="Settings" />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling pane must be reachable by keyboard */}
      <section className="settings" aria-label="Settings" tabIndex={0}>
        <Problem error={set.error ?? pause.error} />
        <Group title="Vault">
          <Line name="Opened by" note={`Fingerprint ${fingerprintText(status?.fingerprint ?? '', 16)}`}>
            <span>{status?.keyProvider == null ? '' : providerWords[status.keyProvider]}</span>
            <Button onClick={() => open({ kind: 'rotate-master' })}>Change or rotate…</Button>
          </Line>
          <Line name="Kept in">
            <span className="mono wrap">{status?.paths.vault}</span>
          </Line>
          {status?.warnings.map((warning) => (
            <p key={warning} className="line-warning">
              {warning}
            </p>
          ))}
        </Group>
        <Group title="Locking">
          <Line name="Lock when idle" note="Suspend, screen lock and user switch always lock.">
            <select
              className="input short"
              aria-label="Lock when idle"
              disabled={settings === undefined}
              value={settings?.idleLockMinutes ?? ''}
              onChange={(event) =>
                void set.run({ idleLockMinutes: event.target.value === '' ? null : Number(event.target.value) })
              }
            >
              {lockChoices.map((minutes) => (
                <option key={minutes} value={minutes}>
                  {minutes < 60 ? `after ${minutes} min` : `after ${minutes / 60} h`}
                </option>
              ))}
              <option value="">never by itself</option>
            </select>
          </Line>
        </Group>
        <Group title="Endpoint">
          <Line name="Tools call" note="Only programs on this machine can; each call needs a token.">
            <span className="mono">{status?.endpoint?.baseUrl ?? 'not listening'}</span>
          </Line>
          <Line
            name="Answer calls"
            note={
              paused
                ? 'Paused: every call is refused until you resume.'
                : 'Turn it off to refuse every call for a while.'
            }
          >
            <Switch label="Answer calls" checked={!paused} onChange={() => void pause.run({ paused: !paused })} />
          </Line>
          <Line name="Port" note="Takes effect when the host starts again.">
            <CommittedInput
              label="Port"
              value={settings?.endpointPort == null ? '' : String(settings.endpointPort)}
              placeholder="19790"
              check={(text) =>
                text === '' || (/^\d{4,5}$/.test(text) && Number(text) >= 1024 && Number(text) <= 65_535)
                  ? null
                  : 'A port from 1024 to 65535.'
              }
              onCommit={(text) => void set.run({ endpointPort: text === '' ? null : Number(text) })}
            />
          </Line>
          <Line name="Upstream proxy" note="Calls pass it encrypted: it never sees a key.">
            <span className={settings?.upstreamProxy.includes(':') ? 'mono wrap' : ''}>
              {proxyWords(settings?.upstreamProxy)}
            </span>
            <Button onClick={() => open({ kind: 'proxy' })}>Choose…</Button>
          </Line>
        </Group>
        <Group title="Activity">
          <Line name="Entries are kept" note="Older ones are removed for good; what remains can still be checked.">
            <span>{keepWords(settings?.auditKeepDays)}</span>
            <Button onClick={() => open({ kind: 'audit-keep' })}>Change…</Button>
          </Line>
        </Group>
        <Group title="Window">
          <Line name="Appearance">
            <select
              className="input short"
              aria-label="Appearance"
              disabled={settings === undefined}
              value={settings?.appearance ?? 'system'}
              onChange={(event) => void set.run({ appearance: event.target.value as 'system' | 'light' | 'dark' })}
            >
              <option value="system">as the system</option>
              <option value="light">light</option>
              <option value="dark">dark</option>
            </select>
          </Line>
          {client.place === 'console' ? null : (
            <>
              <Line name="Launch at login">
                <Switch
                  label="Launch at login"
                  disabled={settings === undefined}
                  checked={settings?.launchAtLogin ?? false}
                  onChange={() => void set.run({ launchAtLogin: !(settings?.launchAtLogin ?? false) })}
                />
              </Line>
              <Line name="Global shortcut" note="Opens the window from anywhere. Empty for none.">
                <CommittedInput
                  label="Global shortcut"
                  value={settings?.globalShortcut ?? ''}
                  placeholder="Control+Alt+V"
                  check={(text) =>
                    text === '' || /^(?:[A-Za-z]+\+)+[A-Za-z0-9]+$/.test(text)
                      ? null
                      : 'Keys joined by +, such as Control+Alt+V.'
                  }
                  onCommit={(text) => void set.run({ globalShortcut: text === '' ? null : text })}
                />
              </Line>
            </>
          )}
        </Group>
        <Group title="Backup">
          <Line name="One encrypted file" note="The whole vault under a passphrase of its own.">
            <Button onClick={() => open({ kind: 'backup' })}>Back up…</Button>
          </Line>
          <Line name="Restore" note="Into an empty folder; a vault is never overwritten.">
            <Button onClick={() => open({ kind: 'restore' })}>Restore…</Button>
          </Line>
        </Group>
        <Diagnostics />
        <p className="muted small about">
          aivault {status?.version} · host {status?.pid} · {status?.desktop ? 'desktop' : 'aivaultd'} · shown in{' '}
          {client.place === 'console' ? 'a browser console' : 'its own window'}
        </p>
      </section>
    </>
  );
}

export function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="settings-group">
      <h2>{title}</h2>
      <div className="settings-lines">{children}</div>
    </section>
  );
}

function Line({
  name,
  note,
  children,
}: {
  readonly name: string;
  readonly note?: string;
  readonly children: ReactNode;
}) {
  return (
    <div className="settings-line">
      <div className="grow">
        <p>{name}</p>
        {note === undefined ? null : <p className="muted small">{note}</p>}
      </div>
      {children}
    </div>
  );
}
