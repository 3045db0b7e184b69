import type { TestCore } from './core.fixture.ts';

/** What a filled core holds, for checks that look for it again. Values are made up, and are in no other file. */
export const filled = {
  openAiKey: 'sk-test-OPENAI-value-EXAMPLE',
  ownKey: 'OWN-value-EXAMPLE',
  boundKey: 'sk-test-BOUND-value-EXAMPLE',
  backupPassphrase: 'a passphrase for the golden backup',
  path: 'environments/dev/database',
  pathData: { user: 'app', password: 'PATH-value-EXAMPLE' },
} as const;

export interface FilledIds {
  readonly openAi: string;
  readonly own: string;
  readonly bound: string;
  readonly token: string;
  readonly revokedToken: string;
}

/** Stores at least one row of every kind through the operations an operator has. */
export async function fillCore(test: TestCore): Promise<FilledIds> {
  const openAi = await test.ask('secrets.create', {
    name: 'OPENAI_API_KEY',
    value: filled.openAiKey,
    aliases: ['gpt'],
  });
  const own = await test.ask('secrets.create', {
    name: 'OWN_KEY',
    value: filled.ownKey,
    scope: { workspace: { workspace_id: 'w' } },
  });
  const bound = await test.ask('secrets.create', { name: 'BOUND_KEY', value: filled.boundKey });
  await test.ask('credentials.create', {
    id: 'own',
    provider: 'own',
    secretRef: `vault:secret:${own.secret.secretId}`,
    workspaceId: 'w',
    auth: { kind: 'header', name: 'authorization', template: 'Bearer {{secret}}' },
    hosts: ['api.own.example'],
  });
  await test.ask('capabilities.create', {
    id: 'own/use',
    provider: 'own',
    methods: ['GET'],
    paths: ['/v1/use/**'],
    hosts: ['api.own.example'],
  } as never);
  await test.ask('policies.set', { capability: 'openai/chat-completions', rateLimitPerMinute: 1 });
  await test.ask('policies.set', { capability: 'openai/chat-completions', maxRequestBodyBytes: 4096 });
  await test.ask('capabilities.setEnabled', { id: 'openai/embeddings', enabled: false });
  await test.ask('bindings.set', {
    capability: 'openai/models',
    secretRef: `vault:secret:${bound.secret.secretId}`,
  } as never);
  const capabilities = ['openai/models'];
  const { token } = await test.ask('tokens.mint', { name: 'kept', capabilities, ttlMs: 3_600_000 });
  const revoked = await test.ask('tokens.mint', { name: 'revoked', capabilities });
  await test.ask('tokens.revoke', { id: revoked.id });
  await test.ask('paths.write', { path: filled.path, data: { user: 'first' } });
  await test.ask('paths.write', { path: filled.path, data: filled.pathData });
  await test.ask('settings.set', { idleLockMinutes: 600 });
  await test.ask('settings.set', { idleLockMinutes: 700 });
  return {
    openAi: openAi.secret.secretId,
    own: own.secret.secretId,
    bound: bound.secret.secretId,
    token,
    revokedToken: revoked.token,
  };
}
