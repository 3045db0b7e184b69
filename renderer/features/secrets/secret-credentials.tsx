import { Ellipsis } from 'lucide-react';
import type { Credential } from '#contract/schemas/catalog.ts';
import { useAct } from '../../query.ts';
import { Menu } from '../../ui/menu.tsx';
import { Pill } from '../../ui/pill.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useView } from '../../view-state.ts';

/** The credentials a secret is sent by, each with what can be done to it. */
export function SecretCredentials({ credentials }: { readonly credentials: readonly Credential[] }) {
  return (
    <ul className="credentials">
      {credentials.map((credential) => (
        <SecretCredential key={credential.id} credential={credential} />
      ))}
    </ul>
  );
}

function SecretCredential({ credential }: { readonly credential: Credential }) {
  const { id, enabled, origin } = credential;
  const setEnabled = useAct('credentials.setEnabled');
  const open = useView((view) => view.open);
  const say = useView((view) => view.say);
  const turn = () =>
    void setEnabled.run({ id, enabled: !enabled }).then((done) => {
      if (done !== undefined) say(enabled ? `${id} disabled. Calls by it are refused.` : `${id} enabled.`);
    });
  return (
    <li>
      <span className="row">
        <span className="mono wrap">{id}</span>
        {enabled ? null : <Pill tone="plain">disabled</Pill>}
        <Menu
          label={`More about ${id}`}
          icon={<Ellipsis size={14} />}
          items={[
            { text: enabled ? 'Disable' : 'Enable', act: turn },
            // One of the registry is there as long as its secret: disabling is all there is.
            ...(origin === 'registry'
              ? []
              : [{ text: 'Delete…', tone: 'bad' as const, act: () => open({ kind: 'delete-credential', about: id }) }]),
          ]}
        />
      </span>
      <Problem error={setEnabled.error} />
    </li>
  );
}
