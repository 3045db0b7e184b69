import { AivaultError } from '#contract/errors.ts';
import { checkWish } from '../access/grants.ts';
import { tokenSummaryOf } from '../access/tokens.ts';
import type { CoreHandlers } from '../dispatch.ts';
import { globFault } from '../paths/path-glob.ts';
import { contextOf, visibleIn } from '../policy/context.ts';
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

/** What one capability of a token comes to now: the credential its context picks, or why there is none. */
function reachOf(services: Services, row: Parameters<typeof tokenSummaryOf>[0], id: string, dead: boolean) {
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
  const context = contextOf(row);
  const visible = catalog.backing(capability).filter((each) => visibleIn(each.context, context));
  const named = row.credential === null ? visible : visible.filter((each) => each.id === row.credential);
  const rank = (each: (typeof named)[number]) =>
    (each.context.groupId !== undefined ? 2 : each.context.workspaceId !== undefined ? 1 : 0) * 1_000_000 +
    each.priority;
  const best = Math.max(...named.map(rank));
  const picked = named.filter((each) => rank(each) === best);
  if (picked.length === 0) return because('No credential is available to this token.');
  if (picked.length > 1) return because('Several credentials fit; name one with --credential when minting.');
  return { ...shown, credential: picked[0]!.id, reason: null };
}
