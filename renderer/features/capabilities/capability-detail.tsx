import { ExternalLink, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { CapabilityDetail as Detail } from '#contract/schemas/catalog.ts';
import { useAct, useAsk } from '../../query.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Snippet } from '../../ui/copy-button.tsx';
import { EffectPill } from '../../ui/effect-pill.tsx';
import { Fact, Facts } from '../../ui/facts.tsx';
import { Switch } from '../../ui/field.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useView } from '../../view-state.ts';
import { DeleteCapability } from './delete-capability.tsx';
import { Examples } from './examples.tsx';
import { PolicyEditor } from './policy-editor.tsx';
import { TryIt } from './try-it.tsx';

/** Of a long list of paths, before it is asked for: what a capability needs and how it is used stay in view. */
const pathsShown = 8;

export function CapabilityDetail({ id }: { readonly id: string }) {
  const { value, error } = useAsk('capabilities.describe', { id });
  if (error !== undefined) return <Problem error={error} />;
  if (value === undefined || value.id !== id) return <Skeleton rows={9} height={34} />;
  return <Described detail={value} />;
}

function Described({ detail }: { readonly detail: Detail }) {
  const open = useView((view) => view.open);
  const select = useView((view) => view.select);
  const [deleting, setDeleting] = useState(false);
  const setEnabled = useAct('capabilities.setEnabled');
  return (
    <article>
      <header className="detail-head">
        <div className="grow">
          <h2 className="mono wrap">{detail.id}</h2>
          <p className="muted">{detail.summary}</p>
        </div>
        {detail.origin === 'custom' ? (
          <IconButton framed label={`Delete ${detail.id}`} onClick={() => setDeleting(true)}>
            <Trash2 size={15} />
          </IconButton>
        ) : null}
        <span className="row">
          <span className="muted">{detail.enabled ? 'Enabled' : 'Disabled'}</span>
          <Switch
            label={`${detail.id} enabled`}
            checked={detail.enabled}
            onChange={() => void setEnabled.run({ id: detail.id, enabled: !detail.enabled })}
          />
        </span>
      </header>
      <Problem error={setEnabled.error} />
      {detail.setup === null || detail.ready ? null : <Setup setup={detail.setup} />}
      <Facts>
        <Fact name="State">
          {!detail.enabled
            ? 'Disabled: every call is refused.'
            : detail.ready
              ? detail.policy.askOperator
                ? 'Ready. Each call waits until you allow it.'
                : 'Ready.'
              : 'Available: it needs a key.'}
        </Fact>
        <Fact name="Effect">
          <EffectPill effect={detail.effect} />
        </Fact>
        <Fact name="Sent to">
          <span className="mono wrap">{detail.hosts.join(', ')}</span>
        </Fact>
        <Fact name="Methods">{detail.methods.join(' ')}</Fact>
        <Fact name="Paths">
          <Paths patterns={detail.paths} />
        </Fact>
        {detail.exclude.length === 0 ? null : (
          <Fact name="But not">
            <Paths patterns={detail.exclude} />
          </Fact>
        )}
        <Fact name="Key goes in">{detail.authKind}</Fact>
        <Fact name={detail.credentials.length > 1 ? 'Credentials' : 'Credential'}>
          {detail.credentials.length === 0 ? (
            <span className="muted">none yet</span>
          ) : (
            <span className="mono wrap">{detail.credentials.join(', ')}</span>
          )}
        </Fact>
        {detail.docsUrl === null ? null : (
          <Fact name="Docs">
            <a href={detail.docsUrl} target="_blank" rel="noreferrer" className="wrap">
              {detail.docsUrl.replace('https://', '')} <ExternalLink size={12} aria-hidden="true" />
            </a>
          </Fact>
        )}
      </Facts>
      <div className="row actions">
        <Button onClick={() => open({ kind: 'mint', capability: detail.id })} disabled={!detail.ready}>
          Mint a token for it
        </Button>
      </div>
      <Examples examples={detail.examples} />
      {detail.ready && detail.enabled ? <TryIt detail={detail} /> : null}
      <PolicyEditor capability={detail.id} policy={detail.policy} />
      {deleting ? (
        <DeleteCapability detail={detail} onClose={() => setDeleting(false)} onGone={() => select(undefined)} />
      ) : null}
    </article>
  );
}

function Paths({ patterns }: { readonly patterns: readonly string[] }) {
  const [all, setAll] = useState(patterns.length <= pathsShown);
  return (
    <>
      <ul>
        {(all ? patterns : patterns.slice(0, pathsShown)).map((pattern) => (
          <li key={pattern} className="mono wrap">
            {pattern}
          </li>
        ))}
      </ul>
      {all ? null : (
        <Button tone="quiet" className="inline flush" onClick={() => setAll(true)}>
          Show all {patterns.length}
        </Button>
      )}
    </>
  );
}

function Setup({ setup }: { readonly setup: NonNullable<Detail['setup']> }) {
  const open = useView((view) => view.open);
  return (
    <section className="block-section needs">
      <h3>What it needs</h3>
      <p className="muted">{setup.note}</p>
      <div className="row wrap-row">
        {Object.keys(setup.requiredSecrets).map((name) => (
          <Button key={name} onClick={() => open({ kind: 'add-secret', name })}>
            Add {name}
          </Button>
        ))}
      </div>
      {setup.commands.length === 0 ? null : <Snippet text={setup.commands.join('\n')} label="setup commands" />}
    </section>
  );
}
