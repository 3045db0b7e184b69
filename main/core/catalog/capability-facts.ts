import type { Effect, Policy } from '#contract/schemas/catalog.ts';

/** No limits. */
export const noPolicy: Policy = {
  rateLimitPerMinute: null,
  maxRequestBodyBytes: null,
  maxResponseBodyBytes: null,
  responseBodyBlocklist: [],
  askOperator: false,
};

const readOnly = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What a capability of the operator's own may do, judged by its methods alone. */
export function effectOf(methods: readonly string[]): Effect {
  if (methods.includes('DELETE')) return 'destructive';
  return methods.every((method) => readOnly.has(method)) ? 'read' : 'write';
}

/**
 * `/v1/users` means itself and everything below, allowed or taken out: `/v1/users/**`. A pattern with `{` or `*` means
 * what it says.
 */
export function pathFromShorthand(path: string): string {
  if (path.includes('{') || path.includes('*')) return path;
  return `${path.replace(/\/+$/, '')}/**`;
}
