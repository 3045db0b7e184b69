import { hash, timingSafeEqual } from 'node:crypto';
import { AivaultError } from '#contract/errors.ts';
import { invalidToken } from '#contract/invalid-token.ts';
import type { TokenSummary } from '#contract/schemas/tokens.ts';
import type { SealedTables, Tx } from '../vault/sealed.ts';
import type { Usage } from '../vault/usage.ts';
import { type TokenRow, tokenTable } from './token-rows.ts';

/** 256 bits after the prefix, base64url: what a token must look like before it is looked up. */
const wellFormed = { proxy: /^avp_[A-Za-z0-9_-]{43}$/, personal: /^skt_[A-Za-z0-9_-]{43}$/ } as const;
const prefix = { proxy: 'avp_', personal: 'skt_' } as const;
/** How long a dead token stays in `tokens.list --all`. */
const keepDeadMs = 30 * 24 * 60 * 60 * 1000;

export type TokenFacts = Omit<TokenRow, 'id' | 'sha256' | 'createdAtMs' | 'revokedAtMs'>;

export interface Tokens {
  /** Makes a token and writes its row. The token is in the answer and nowhere else. */
  mint(tx: Tx, facts: TokenFacts): { readonly token: string; readonly row: TokenRow };
  /**
   * The live row of a token. Throws `token_invalid` for a malformed, unknown, expired or revoked one, `vault_locked` for
   * a well-formed one while the vault is locked (nothing can be looked up then).
   */
  verify(token: string, kind: 'proxy' | 'personal'): TokenRow;
  get(id: string): TokenRow | undefined;
  /** Oldest first. Live ones, or all. */
  list(all: boolean): TokenRow[];
  /** False where it was not there or already dead. */
  revoke(tx: Tx, id: string): boolean;
  /** Revokes every live token for which `doomed` is true; returns their ids. */
  revokeWhere(tx: Tx, doomed: (row: TokenRow) => boolean): string[];
  /** Call when rows of the table may have changed. */
  changed(): void;
}

/** A row beside the bytes its hash is compared by. */
interface Indexed {
  readonly row: TokenRow;
  readonly sha256: Buffer;
}

export interface TokensDeps {
  readonly vault: SealedTables;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
}

/** Bearer tokens over a sealed table: minted once, kept as a hash, looked up by it, compared in constant time. */
export function createTokens({ vault, now, randomBytes }: TokensDeps): Tokens {
  let byHash: Map<string, Indexed> | undefined;
  const index = (): Map<string, Indexed> => {
    const table = vault.table(tokenTable);
    byHash ??= new Map([...table.entries()].map(([, row]) => [row.sha256, { row, sha256: Buffer.from(row.sha256) }]));
    return byHash;
  };
  const isLive = (row: TokenRow): boolean => row.revokedAtMs === null && row.expiresAtMs > now();

  return {
    mint(tx, facts) {
      const token = prefix[facts.kind] + Buffer.from(randomBytes(32)).toString('base64url');
      const id = `tok_${Buffer.from(randomBytes(8)).toString('hex')}`;
      const row: TokenRow = { ...facts, id, sha256: hashOf(token), createdAtMs: now(), revokedAtMs: null };
      for (const [old, { expiresAtMs }] of [...tx.entries(tokenTable)]) {
        if (expiresAtMs + keepDeadMs < now()) tx.remove(tokenTable, old);
      }
      tx.put(tokenTable, id, row);
      return { token, row };
    },
    verify(token, kind) {
      if (!wellFormed[kind].test(token)) throw invalidToken(kind);
      const sha256 = hashOf(token);
      const found = index().get(sha256);
      // The map was searched by a hash, which tells a caller nothing about tokens; the comparison itself is constant-time.
      if (found === undefined || !timingSafeEqual(found.sha256, Buffer.from(sha256))) throw invalidToken(kind);
      const { row } = found;
      if (row.kind !== kind || !isLive(row)) throw invalidToken(kind);
      return row;
    },
    get: (id) => vault.table(tokenTable).get(id),
    list: (all) => [...index().values()].map(({ row }) => row).filter((row) => all || isLive(row)),
    revoke(tx, id) {
      const row = tx.get(tokenTable, id);
      if (row === undefined) throw new AivaultError('not_found', 'There is no token with this id.');
      if (!isLive(row)) return false;
      tx.put(tokenTable, id, { ...row, revokedAtMs: now() });
      return true;
    },
    revokeWhere(tx, doomed) {
      const rows = [...tx.entries(tokenTable)].map(([, row]) => row).filter((row) => isLive(row) && doomed(row));
      for (const row of rows) tx.put(tokenTable, row.id, { ...row, revokedAtMs: now() });
      return rows.map((row) => row.id);
    },
    changed: () => {
      byHash = undefined;
    },
  };
}

/** What a list may show of a token. */
export function tokenSummaryOf(row: TokenRow, usage: Pick<Usage, 'lastUsedAtMs' | 'taken'>): TokenSummary {
  const { sha256: _hidden, maxCalls: most, ...shown } = row;
  const calls = most === null ? null : { made: usage.taken('tokens', row.id), most };
  return { ...shown, lastUsedAtMs: usage.lastUsedAtMs('tokens', row.id), calls };
}

function hashOf(token: string): string {
  return hash('sha256', token, 'hex');
}
