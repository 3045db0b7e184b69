import { AivaultError } from '#contract/errors.ts';
import { checkWish, grantOf } from '../access/grants.ts';
import type { TokenRow } from '../access/token-rows.ts';
import { tokenSummaryOf } from '../access/tokens.ts';
import { credentialFor } from '../broker/stages/choose-credential.ts';
import type { CoreHandlers } from '../dispatch.ts';
import { globFault } from '../paths/path-glob.ts';
import { contextOf } from '../policy/context.ts';
import type { Services } from './services.ts';

type TokenRows = 'tokens.mint' | 'tokens.createPersonal' | 'tokens.list' | 'tokens.revoke' | 'tokens.explain';

export function tokenHandlers(services: Services): Pick<CoreHandlers, TokenRows> {
  const { tokens, usage } = services;
  const none = { credential: null, workspaceId: null, groupId: null } as const;

  return {
    'tokens.mint': async ({ name, capabilities, credential, workspaceId, groupId, ttlMs, maxCalls }, call) => {
      const context = contextOf({ workspaceId, groupId });
      const wanted = [...new Set(capabilities)];
      const minted = await services.change((tx) => {
        checkWish(services.catalog(), { capabilities: wanted, credential: credential ?? null, context });
        return tokens.mint(tx, {
          kind: 'proxy',
          name: name === undefined || name === '' ? null : name,
          capabilities: wanted,
          credential: credential ?? null,
          workspaceId: workspaceId ?? null,
          groupId: groupId ?? null,
          scopes: [],
          paths: [],
          maxCalls: maxCalls ?? null,
          expiresAtMs: services.now() + ttlMs,
        });
      }, 'tokens.changed');
      call.note({ tokenId: minted.row.id, ...context, ...(credential === undefined ? {} : { credential }) });
      return { token: minted.token, id: minted.row.id, expiresAtMs: minted.row.expiresAtMs };
    },

    'tokens.createPersonal': async ({ name, scopes, paths, ttlMs }, call) => {
      for (const glob of paths) {
        const fault = globFault(glob);
        if (fault !== null) throw new AivaultError('invalid_request', `paths: ${fault}`);
      }
      const minted = await services.change((tx) => {
        const expiresAtMs = services.now() + ttlMs;
        return tokens.mint(tx, {
          ...none,
          kind: 'personal',
          name,
          capabilities: [],
          scopes: [...new Set(scopes)],
          paths,
          maxCalls: null,
          expiresAtMs,
        });
      }, 'tokens.changed');
      call.note({ tokenId: minted.row.id });
      return { token: minted.token, id: minted.row.id, expiresAtMs: minted.row.expiresAtMs };
    },

    'tokens.list': async ({ all }) => ({
      tokens: tokens.list(all).map((row) => tokenSummaryOf(row, usage)),
    }),

    'tokens.revoke': async ({ id }, call) => {
      call.note({ tokenId: id });
      return { id, revoked: await services.change((tx) => tokens.revoke(tx, id), 'tokens.changed') };
    },

    'tokens.explain': async ({ id }) => {
      const row = tokens.get(id);
      if (row === undefined) throw new AivaultError('not_found', 'There is no token with this id.');
      const dead = row.revokedAtMs !== null || row.expiresAtMs <= services.now();
      return { capabilities: row.capabilities.map((each) => reachOf(services, row, each, dead)) };
    },
  };
}

/** What one capability of a token comes to now: the credential a call would be backed by, or why there is none. */
function reachOf(services: Services, row: TokenRow, id: string, dead: boolean) {
  const catalog = services.catalog();
  const capability = catalog.allCapabilities.get(id);
  const shown = {
    id,
    effect: capability?.effect ?? null,
    methods: [...(capability?.methods ?? [])],
    hosts: [...(capability?.hosts ?? [])],
    paths: [...(capability?.paths ?? [])],
  };
  const because = (reason: string) => ({ ...shown, credential: null, reason });
  if (dead) return because('The token has expired or was revoked.');
  if (capability === undefined) return because('This capability no longer exists.');
  if (!catalog.isEnabledCapability(id)) return because('This capability is disabled.');
  const requested = { by: 'capability', capability: id, credential: null } as const;
  try {
    return {
      ...shown,
      credential: credentialFor({ requested, grant: grantOf(row), capability }, catalog).id,
      reason: null,
    };
  } catch (error) {
    if (!(error instanceof AivaultError)) throw error;
    const several = error.code === 'credential_ambiguous';
    return because(several ? 'Several credentials fit; name one with --credential when minting.' : error.message);
  }
}
