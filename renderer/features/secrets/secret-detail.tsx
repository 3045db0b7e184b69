import { Ellipsis, RefreshCw } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { Fact, Facts } from '../../ui/facts.tsx';
import { Menu } from '../../ui/menu.tsx';
import { agoText, dateText, fingerprintText, lettersOf, scopeWords } from '../../ui/words.ts';
import { useView } from '../../view-state.ts';
import { CallsChart } from './calls-chart.tsx';
import type { SecretRow } from './readiness.ts';
import { SecretCapabilities } from './secret-capabilities.tsx';
import { SecretCredentials } from './secret-credentials.tsx';

export function SecretDetail({ row }: { readonly row: SecretRow }) {
  const open = useView((view) => view.open);
  const { secret, connects: provider } = row;
  const now = Date.now();
  const about = secret.secretId;
  return (
    <article>
      <header className="detail-head">
        <span className="letters big" aria-hidden="true">
          {lettersOf(row.providerName ?? 'Custom')}
        </span>
        <div className="grow">
          <h2 className="mono wrap" dir="auto">
            {secret.name}
          </h2>
          <Reach row={row} />
        </div>
        <Button icon={<RefreshCw size={15} />} onClick={() => open({ kind: 'rotate', about })}>
          Rotate
        </Button>
        <Menu
          label="More"
          icon={<Ellipsis size={16} />}
          items={[
            ...(provider === null
              ? []
              : [{ text: 'Connect again…', act: () => open({ kind: 'connect', provider, again: secret.scope }) }]),
            { text: 'Rename…', act: () => open({ kind: 'rename', about }) },
            { text: 'Aliases…', act: () => open({ kind: 'aliases', about }) },
            { text: 'Groups…', act: () => open({ kind: 'groups', about }) },
            { text: 'Delete…', tone: 'bad', act: () => open({ kind: 'delete-secret', about }) },
          ]}
        />
      </header>
      <Facts>
        <Fact name="Value">
          <span aria-hidden="true">•••••••••••••••••</span>{' '}
          <span className="muted">
            fingerprint <span className="mono">{fingerprintText(secret.fingerprint, 8)}</span> · write-only
          </span>
        </Fact>
        <Fact name="Scope">
          {scopeWords(secret.scope)}
          {secret.attachedGroups.length === 0 ? null : (
            <span className="muted">
              {' '}
              · also {secret.attachedGroups.map((group) => `${group.workspaceId} / ${group.groupId}`).join(', ')}
            </span>
          )}
        </Fact>
        <Fact name="Added">
          {dateText(secret.createdAtMs)}{' '}
          <span className="muted">
            · version {secret.valueVersion}
            {secret.valueVersion > 1 ? `, changed ${agoText(secret.updatedAtMs, now)}` : ''}
          </span>
        </Fact>
        <Fact name="Last used">{secret.lastUsedAtMs === null ? 'never' : agoText(secret.lastUsedAtMs, now)}</Fact>
        {secret.aliases.length === 0 ? null : (
          <Fact name="Aliases">
            <span className="mono wrap">{secret.aliases.join(', ')}</span>
          </Fact>
        )}
        <Fact name={row.credentials.length > 1 ? 'Credentials' : 'Credential'}>
          {row.credentials.length === 0 ? (
            <NoCredential row={row} />
          ) : (
            <SecretCredentials credentials={row.credentials} />
          )}
        </Fact>
      </Facts>
      {row.credentials.length === 0 ? null : (
        <CallsChart credentials={row.credentials.map((credential) => credential.id)} />
      )}
      <SecretCapabilities row={row} />
    </article>
  );
}

/** Where the value may go, as a sentence. */
function Reach({ row }: { readonly row: SecretRow }) {
  const { hosts } = row.secret;
  if (hosts.length === 0) return <p className="muted">It has no destination yet, so it cannot be sent anywhere.</p>;
  const shown = hosts.slice(0, 3);
  return (
    <p className="muted">
      {row.secret.pinnedProvider === undefined ? 'Fixed by its first credential. ' : `Pinned to ${row.providerName}. `}
      It can only ever be sent to{' '}
      {shown.map((host, index) => (
        <span key={host}>
          {index > 0 ? (index === hosts.length - 1 ? ' or ' : ', ') : ''}
          <code className="chip">{host}</code>
        </span>
      ))}
      {hosts.length > shown.length ? (
        <span title={hosts.join('\n')}> and {hosts.length - shown.length} more</span>
      ) : null}
      .
    </p>
  );
}

function NoCredential({ row }: { readonly row: SecretRow }) {
  const open = useView((view) => view.open);
  if (row.missing[0] !== undefined) {
    const missing = row.missing[0];
    return (
      <span className="row">
        <span>
          Waiting for <span className="mono">{row.missing.join(', ')}</span>
        </span>
        <Button tone="quiet" className="inline" onClick={() => open({ kind: 'add-secret', name: missing })}>
          Add {missing}
        </Button>
      </span>
    );
  }
  return (
    <span className="row">
      <span className="muted">none: no tool can use it yet</span>
      <Button
        tone="quiet"
        className="inline"
        onClick={() => open({ kind: 'add-credential', secretId: row.secret.secretId })}
      >
        Set one up
      </Button>
    </span>
  );
}
