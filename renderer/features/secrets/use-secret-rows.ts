import { useMemo } from 'react';
import { useAsk } from '../../query.ts';
import { type SecretRow, secretRows } from './readiness.ts';

const nothing: never[] = [];

/** Every secret with what it can be used for; undefined until the host has answered. */
export function useSecretRows(): {
  rows: readonly SecretRow[] | undefined;
  error: ReturnType<typeof useAsk<'secrets.list'>>['error'];
} {
  const secrets = useAsk('secrets.list', {});
  const credentials = useAsk('credentials.list', {}).value?.credentials ?? nothing;
  const providers = useAsk('providers.list', {}).value?.providers ?? nothing;
  const list = secrets.value?.secrets;
  const rows = useMemo(
    () => (list === undefined ? undefined : secretRows(list, credentials, providers)),
    [list, credentials, providers],
  );
  return { rows, error: secrets.error };
}

export function useSecretRow(secretId: string): SecretRow | undefined {
  const { rows } = useSecretRows();
  return useMemo(() => rows?.find((row) => row.secret.secretId === secretId), [rows, secretId]);
}
