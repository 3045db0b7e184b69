import { KeyRound, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { TokenSummary } from '#contract/schemas/tokens.ts';
import { useAsk } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Check } from '../../ui/field.tsx';
import { List } from '../../ui/list.tsx';
import { Pill } from '../../ui/pill.tsx';
import { Problem } from '../../ui/problem.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useFirstChoice } from '../../ui/use-first-choice.ts';
import { useView } from '../../view-state.ts';
import { StandingApprovals } from '../approvals/standing-approvals.tsx';
import { Header } from '../frame/header.tsx';
import { Split } from '../frame/split.tsx';
import { TokenDetail } from './token-detail.tsx';
import { tokenLine, tokenState } from './token-state.ts';

export function AccessRoom() {
  const [all, setAll] = useState(false);
  const [search, setSearch] = useState('');
  const { value, error } = useAsk('tokens.list', { all });
  const tokens = value?.tokens;
  const selected = useView((view) => view.selected.access);
  const select = useView((view) => view.select);
  const open = useView((view) => view.open);
  const token = tokens?.find((one) => one.id === selected);
  const first = tokens?.[0]?.id;
  const shown = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    return (tokens ?? []).filter((one) =>
      `${one.name ?? ''} ${one.id} ${one.capabilities.join(' ')}`.toLowerCase().includes(wanted),
    );
  }, [tokens, search]);

  const listed = useMemo(() => tokens && new Set(tokens.map((one) => one.id)), [tokens]);
  useFirstChoice(listed, first, selected, select);

  return (
    <>
      <Header title="Access">
        <Button tone="quiet" icon={<KeyRound size={15} />} onClick={() => open({ kind: 'add-personal' })}>
          Personal tokens
        </Button>
        <Button tone="main" icon={<Plus size={15} />} onClick={() => open({ kind: 'mint' })}>
          Mint token
        </Button>
      </Header>
      <StandingApprovals />
      {tokens?.length === 0 && !all ? (
        <Empty
          title="No live tokens"
          command="aivault token mint --capability openai/chat-completions --ttl 1h"
          action={
            <span className="row">
              <Button tone="main" icon={<Plus size={15} />} onClick={() => open({ kind: 'mint' })}>
                Mint a token
              </Button>
              <Button tone="quiet" onClick={() => setAll(true)}>
                Show ended ones
              </Button>
            </span>
          }
        >
          A token lets one tool use the capabilities you name, until it expires. It is not the key: it works only here,
          only for these.
        </Empty>
      ) : (
        <Split
          list={
            <>
              <div className="list-tools">
                <SearchField label="Filter tokens" value={search} onChange={setSearch} />
                <Check label="Show ended ones too" checked={all} onChange={(event) => setAll(event.target.checked)} />
              </div>
              <Problem error={error} />
              {tokens === undefined ? (
                <Skeleton rows={6} height={53} />
              ) : shown.length === 0 ? (
                <p className="none muted">No token fits.</p>
              ) : (
                <List
                  label="Tokens"
                  items={shown}
                  idOf={(one) => one.id}
                  rowHeight={53}
                  selected={selected}
                  onSelect={select}
                  row={(one) => <TokenLine token={one} />}
                />
              )}
            </>
          }
          detail={token === undefined ? null : <TokenDetail key={token.id} token={token} />}
          detailLabel="Token"
        />
      )}
    </>
  );
}

function TokenLine({ token }: { readonly token: TokenSummary }) {
  const now = Date.now();
  const state = tokenState(token, now);
  return (
    <>
      <span className="grow">
        <span className="cut block strong" dir="auto" title={token.name ?? token.id}>
          {token.name ?? token.id}
        </span>
        <span className="muted small cut block">{tokenLine(token, now)}</span>
      </span>
      {token.kind === 'personal' ? <Pill>personal</Pill> : null}
      {state.pill === null ? null : <Pill tone={state.pill.tone}>{state.pill.text}</Pill>}
    </>
  );
}
