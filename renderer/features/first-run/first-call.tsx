import { useMemo, useState } from 'react';
import type { CapabilitySummary } from '#contract/schemas/catalog.ts';
import type { ProviderForm } from '#contract/schemas/registry.ts';
import { useAct, useAsk } from '../../query.ts';
import { Button } from '../../ui/button.tsx';
import { Snippet } from '../../ui/copy-button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { countText } from '../../ui/words.ts';

/** A model's API before anything else: it is what most people store a first key for, and its SDK needs one variable. */
function bestExample(
  ready: readonly CapabilitySummary[],
  providers: readonly ProviderForm[],
): CapabilitySummary | undefined {
  const usable = ready.filter((one) => one.enabled);
  const hinted = new Set(
    providers.filter(({ sdk }) => sdk.some(({ env }) => Object.keys(env).length > 0)).map(({ provider }) => provider),
  );
  const points = (one: CapabilitySummary) =>
    (one.category === 'ai-models' ? 4 : 0) +
    (hinted.has(one.provider) ? 2 : 0) +
    (/chat|messages|generate/.test(one.id) ? 1 : 0);
  return usable.toSorted((a, b) => points(b) - points(a))[0];
}

/** What a call looks like before any key is there. */
const sample = 'openai/chat-completions';

/** The first call, as lines to copy: CLI, curl, and an SDK that only changes its base URL. */
export function FirstCall({ onDone }: { readonly onDone: () => void }) {
  const ready = useAsk('capabilities.list', { ready: true }).value?.capabilities;
  const providers = useAsk('providers.list', {}).value?.providers;
  const baseUrl = useAsk('vault.status', {}).value?.endpoint?.baseUrl ?? 'http://127.0.0.1:19790';
  const [token, setToken] = useState<string | null>(null);
  const mint = useAct('tokens.mint');
  const first = bestExample(ready ?? [], providers ?? []);
  const none = ready !== undefined && first === undefined;
  const shown = first?.id ?? (none ? sample : null);
  const detail = useAsk('capabilities.describe', shown === null ? null : { id: shown }).value;
  const sdk = useMemo(() => {
    const provider = providers?.find((one) => one.provider === detail?.provider);
    const hint = provider?.sdk.find((one) => Object.keys(one.env).length > 0);
    const variable = Object.keys(hint?.env ?? {})[0];
    const key = provider?.secrets[0]?.name;
    if (provider === undefined || hint === undefined || variable === undefined || key === undefined) return null;
    return `${key}=${token ?? '$AIVAULT_TOKEN'} ${variable}=${baseUrl}/v/${provider.provider}${hint.basePath}  your-program`;
  }, [providers, detail, token, baseUrl]);

  return (
    <div className="stack">
      {none ? (
        <>
          <p>No key is stored yet. Add one whenever you like:</p>
          <Snippet text="aivault secrets create --name OPENAI_API_KEY --scope global" label="command" />
          <p>Then a call looks like this:</p>
        </>
      ) : (
        <p>
          {countText(ready?.length ?? 0, 'capability', 'capabilities')} ready. For example{' '}
          <code className="chip">{first?.id ?? '…'}</code>:
        </p>
      )}
      {detail === undefined ? <Skeleton rows={2} height={36} /> : null}
      {detail?.examples.map(({ title, text }) =>
        title === 'cli' || title === 'curl' ? <Snippet key={title} text={text} label={title} /> : null,
      )}
      {sdk === null ? null : (
        <>
          <p className="muted">An official SDK needs nothing but its base URL; the token stands where the key would.</p>
          <Snippet text={sdk} label="SDK" />
        </>
      )}
      {none ? null : token === null ? (
        <p className="row">
          <Button
            busy={mint.busy}
            disabled={first === undefined}
            onClick={() =>
              first !== undefined &&
              void mint
                .run({ name: 'first call', capabilities: [first.id] })
                .then((done) => done !== undefined && setToken(done.token))
            }
          >
            Mint a token for one hour
          </Button>
          <span className="muted">Tools use tokens. The key stays here.</span>
        </p>
      ) : (
        <Snippet
          text={`export AIVAULT_BASE_URL=${baseUrl}\nexport AIVAULT_TOKEN=${token}`}
          label="token, shown this once"
        />
      )}
      <Problem error={mint.error} />
      <Finish onDone={onDone} />
    </div>
  );
}

function Finish({ onDone }: { readonly onDone: () => void }) {
  return (
    <footer className="dialog-actions">
      <Button tone="main" onClick={onDone}>
        Open the vault
      </Button>
    </footer>
  );
}
