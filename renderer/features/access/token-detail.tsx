import { Ban } from 'lucide-react';
import { useState } from 'react';
import type { TokenSummary } from '#contract/schemas/tokens.ts';
import { useAsk } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { EffectPill } from '../../ui/effect-pill.tsx';
import { Fact, Facts } from '../../ui/facts.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { agoText, dateText, timeText, untilText } from '../../ui/words.ts';
import { RevokeToken } from './revoke-token.tsx';
import { tokenState } from './token-state.ts';

export function TokenDetail({ token }: { readonly token: TokenSummary }) {
  const [asking, setAsking] = useState(false);
  const now = Date.now();
  const { live } = tokenState(token, now);
  const name = token.name ?? token.id;
  return (
    <article>
      <header className="detail-head">
        <div className="grow">
          <h2 className="wrap" dir="auto">
            {name}
          </h2>
          <p className="muted">
            {token.kind === 'personal'
              ? 'A personal token: it reads or writes path secrets.'
              : 'A proxy token: it calls APIs through the broker and never sees a key.'}
          </p>
        </div>
        {live ? (
          <Button icon={<Ban size={15} />} onClick={() => setAsking(true)}>
            Revoke
          </Button>
        ) : null}
      </header>
      <Facts>
        <Fact name="Id">
          <span className="mono">{token.id}</span> <span className="muted">shown in the audit log</span>
        </Fact>
        <Fact name="Minted">
          {dateText(token.createdAtMs)}, {timeText(token.createdAtMs)}
        </Fact>
        <Fact name="Expires">
          {token.revokedAtMs === null ? (
            <>
              {dateText(token.expiresAtMs)}, {timeText(token.expiresAtMs)}{' '}
              <span className="muted">{untilText(token.expiresAtMs, now)}</span>
            </>
          ) : (
            `revoked ${agoText(token.revokedAtMs, now)}`
          )}
        </Fact>
        <Fact name="Last used">{token.lastUsedAtMs === null ? 'never' : agoText(token.lastUsedAtMs, now)}</Fact>
        {token.calls === null ? null : (
          <Fact name="Calls">
            {token.calls.made} of {token.calls.most}
          </Fact>
        )}
        {token.kind === 'proxy' ? (
          <>
            <Fact name="Works in">
              {token.workspaceId === null
                ? 'no workspace: global secrets only'
                : `workspace ${token.workspaceId}${token.groupId === null ? '' : `, group ${token.groupId}`}`}
            </Fact>
            {token.credential === null ? null : (
              <Fact name="Credential">
                <span className="mono">{token.credential}</span> <span className="muted">and no other</span>
              </Fact>
            )}
          </>
        ) : (
          <>
            <Fact name="Scopes">
              <span className="mono wrap">{token.scopes.join(', ')}</span>
            </Fact>
            <Fact name="Paths">
              {token.paths.length === 0 ? 'every path' : <span className="mono wrap">{token.paths.join(', ')}</span>}
            </Fact>
          </>
        )}
      </Facts>
      {token.kind === 'proxy' ? <Reach token={token} live={live} /> : null}
      {asking ? <RevokeToken token={token} onClose={() => setAsking(false)} /> : null}
    </article>
  );
}

/** "What could this token do?", answered by the host for this moment. */
function Reach({ token, live }: { readonly token: TokenSummary; readonly live: boolean }) {
  const reach = useAsk('tokens.explain', { id: token.id });
  return (
    <section className="block-section">
      <h3>{live ? 'What it could do now' : 'What it could have done'}</h3>
      <Problem error={reach.error} />
      {reach.value === undefined && reach.error === undefined ? (
        <Skeleton rows={Math.min(6, token.capabilities.length)} height={36} />
      ) : null}
      <ul className="reach">
        {reach.value?.capabilities.map((one) => (
          <li key={one.id}>
            <p className="row">
              <span className="mono grow wrap">{one.id}</span>
              {one.effect === null ? null : <EffectPill effect={one.effect} />}
            </p>
            <p className="muted small wrap">
              {one.reason ?? (
                <>
                  {one.methods.join(' ')} <span className="mono">{one.hosts[0]}</span>
                  {one.paths.length === 1 ? (
                    <span className="mono">{one.paths[0]}</span>
                  ) : (
                    `, ${one.paths.length} paths,`
                  )}{' '}
                  with <span className="mono">{one.credential}</span>
                </>
              )}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
