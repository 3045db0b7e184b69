import { FileInput, Plus } from 'lucide-react';
import { useMemo } from 'react';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useFirstChoice } from '../../ui/use-first-choice.ts';
import { useView } from '../../view-state.ts';
import { Header } from '../frame/header.tsx';
import { Split } from '../frame/split.tsx';
import { SecretDetail } from './secret-detail.tsx';
import { SecretList } from './secret-list.tsx';
import { useSecretRows } from './use-secret-rows.ts';

export function SecretsRoom() {
  const { rows, error } = useSecretRows();
  const selected = useView((view) => view.selected.secrets);
  const select = useView((view) => view.select);
  const open = useView((view) => view.open);
  const row = rows?.find((one) => one.secret.secretId === selected);
  const first = rows?.[0]?.secret.secretId;

  const listed = useMemo(() => rows && new Set(rows.map((one) => one.secret.secretId)), [rows]);
  useFirstChoice(listed, first, selected, select);

  return (
    <>
      <Header title="Secrets">
        <Button tone="quiet" icon={<FileInput size={15} />} onClick={() => open({ kind: 'import' })}>
          Import .env
        </Button>
        <Button tone="main" icon={<Plus size={15} />} onClick={() => open({ kind: 'add-secret' })}>
          Add secret
        </Button>
      </Header>
      {rows?.length === 0 ? (
        <Empty
          title="No secrets yet"
          command="aivault secrets create --name OPENAI_API_KEY --scope global"
          action={
            <Button tone="main" icon={<Plus size={15} />} onClick={() => open({ kind: 'add-secret' })}>
              Add your first secret
            </Button>
          }
        >
          Store a key once, under the name its provider uses. Tools on this machine can then call the API without ever
          seeing it.
        </Empty>
      ) : (
        <Split
          list={error === undefined || rows !== undefined ? <SecretList rows={rows} /> : <Problem error={error} />}
          detail={row === undefined ? null : <SecretDetail key={row.secret.secretId} row={row} />}
          detailLabel="Secret"
        />
      )}
    </>
  );
}
