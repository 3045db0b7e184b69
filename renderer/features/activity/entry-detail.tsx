import { Ban } from 'lucide-react';
import { useState } from 'react';
import type { AuditEntry } from '#contract/schemas/audit.ts';
import type { TokenSummary } from '#contract/schemas/tokens.ts';
import { stageNames } from '#contract/stage-names.ts';
import { Button } from '../../ui/button.tsx';
import { Fact, Facts } from '../../ui/facts.tsx';
import { bytesText, dateText, logTimeText, scopeWords, tookText, untilText } from '../../ui/words.ts';
import { RevokeToken } from '../access/revoke-token.tsx';
import { callerText, consequence, headline } from './outcome.ts';

interface EntryDetailProps {
  readonly entry: AuditEntry;
  readonly tokens: readonly TokenSummary[];
  readonly tokenNames: ReadonlyMap<string, string>;
}

export function EntryDetail({ entry, tokens, tokenNames }: EntryDetailProps) {
  const [asking, setAsking] = useState(false);
  const token = tokens.find((one) => one.id === entry.tokenId);
  const live = token !== undefined && token.revokedAtMs === null && token.expiresAtMs > Date.now();
  return (
    <article>
      <h2>{headline(entry)}</h2>
      <p className="muted wrap consequence">{consequence(entry)}</p>
      <Facts>
        {entry.method === undefined && entry.path === undefined ? null : (
          <Fact name="Asked">
            <span className="mono wrap">
              {entry.method} {entry.path}
            </span>
          </Fact>
        )}
        {entry.host === undefined ? null : (
          <Fact name="Host">
            <span className="mono wrap">{entry.host}</span>
          </Fact>
        )}
        <Fact name="When">
          {logTimeText(entry.tsMs)}{' '}
          <span className="muted">
            {dateText(entry.tsMs)}, entry{'\u00a0'}
            {entry.seq.toLocaleString('en-GB')}
          </span>
        </Fact>
        <Fact name="Caller">
          {callerText(entry, tokenNames)}
          {entry.consumer === undefined || entry.consumer === token?.name ? null : (
            <span className="muted"> for {entry.consumer}</span>
          )}
        </Fact>
        {token === undefined ? null : (
          <Fact name="Token">
            {token.name ?? token.id}{' '}
            <span className="muted">
              {token.revokedAtMs !== null ? 'revoked' : `expires ${untilText(token.expiresAtMs, Date.now())}`}
            </span>
          </Fact>
        )}
        {entry.capability === undefined ? null : (
          <Fact name="Capability">
            <span className="mono wrap">{entry.capability}</span>
          </Fact>
        )}
        {entry.credential === undefined ? null : (
          <Fact name="Credential">
            <span className="mono wrap">{entry.credential}</span>
          </Fact>
        )}
        {entry.secretName === undefined ? null : (
          <Fact name="Secret">
            <span className="mono wrap">{entry.secretName}</span>{' '}
            {entry.scope === undefined ? null : <span className="muted">{scopeWords(entry.scope)}</span>}
          </Fact>
        )}
        {entry.secretPath === undefined ? null : (
          <Fact name="Path secret">
            <span className="mono wrap">{entry.secretPath}</span>{' '}
            {entry.version === undefined ? null : <span className="muted">version {entry.version}</span>}
          </Fact>
        )}
        {entry.code === undefined ? null : (
          <Fact name="Code">
            <code>{entry.code}</code>
          </Fact>
        )}
        {entry.presence === undefined ? null : <Fact name="Presence">{entry.presence}</Fact>}
        {entry.requestBytes === undefined && entry.responseBytes === undefined ? null : (
          <Fact name="Size">
            {bytesText(entry.requestBytes ?? 0)} sent, {bytesText(entry.responseBytes ?? 0)} back
            {entry.redactions === undefined || entry.redactions === 0 ? '' : `, ${entry.redactions} hidden`}
          </Fact>
        )}
      </Facts>
      {entry.trace === undefined || entry.trace.length === 0 ? null : <Trace trace={entry.trace} />}
      {live ? (
        <Button icon={<Ban size={15} />} onClick={() => setAsking(true)}>
          Revoke this token
        </Button>
      ) : null}
      {asking && token !== undefined ? <RevokeToken token={token} onClose={() => setAsking(false)} /> : null}
    </article>
  );
}

function Trace({ trace }: { readonly trace: NonNullable<AuditEntry['trace']> }) {
  const steps = new Map(trace.map((step) => [step.stage, step]));
  const names = new Set<string>([...stageNames, ...steps.keys()]);
  return (
    <section className="block-section">
      <h3>What happened</h3>
      <ol className="trace">
        {[...names].map((name) => {
          const step = steps.get(name);
          return (
            <li key={name} className={step === undefined ? 'unreached' : step.outcome}>
              <span className="dot" />
              <span className="grow">{name}</span>
              <span className="unseen">{step === undefined ? 'not reached' : step.outcome}</span>
              {step === undefined ? null : <span className="muted small tabular">{tookText(step.tookMs)}</span>}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
