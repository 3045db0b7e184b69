import type { Dispatch } from '#contract/call.ts';
import { AivaultError, type Result } from '#contract/errors.ts';
import { isOperationName, operations } from '#contract/operations.ts';
import type { Services } from './services.ts';

export type Ask = (bearer: string | null, name: string, input: () => unknown) => Promise<Result<unknown>>;

/**
 * Questions of a bearer: personal tokens only, rows with access `agent` only. The token is verified before anything of
 * the question is read.
 */
export function createAsk(services: Services, dispatch: Dispatch): Ask {
  return async (bearer, name, input) => {
    try {
      if (bearer === null) throw new AivaultError('token_invalid', 'This needs a personal token.');
      const row = services.tokens.verify(bearer, 'personal');
      if (!isOperationName(name) || operations[name].access !== 'agent') {
        throw new AivaultError('operator_required', 'A token may not ask this.');
      }
      services.usage.touch('tokens', row.id);
      return await dispatch(name, input(), { actor: { kind: 'agent', tokenId: row.id } });
    } catch (error) {
      if (!(error instanceof AivaultError)) throw error;
      const facts = { code: error.code };
      await services.audit.refusedStranger('personal.ask', 'stranger', facts).catch(() => undefined);
      return { ok: false, error: error.toJSON() };
    }
  };
}
