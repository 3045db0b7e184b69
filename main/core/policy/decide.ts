import { readExclusion } from './exclusion.ts';
import { commonHost, hostMatches } from './host-match.ts';
import {
  compareNarrowness,
  compareToSplit,
  compilePath,
  type PathPattern,
  pathExcluded,
  pathMatches,
  resemblesKept,
  resemblesSplit,
} from './path-match.ts';

// Every decision about a request, as pure functions of data. No clock, no I/O, no secret.

/** What a rule looks at. `broker/ports.ts` Capability fits it. */
export interface Rule {
  readonly id: string;
  readonly methods: readonly string[];
  readonly paths: readonly string[];
  /** Patterns; one that starts with a method (`DELETE /repos/{owner}/{repo}`) is for that method only. */
  readonly exclude: readonly string[];
  readonly hosts: readonly string[];
}

/** The narrowest of the rule's patterns that admits the path, or null; exclusions win over every pattern. */
function admittingPattern(rule: Rule, method: string, path: string): PathPattern | null {
  let best: PathPattern | null = null;
  for (const text of rule.paths) {
    const pattern = compilePath(text);
    if (pathMatches(pattern, path) && (best === null || compareNarrowness(pattern, best) > 0)) best = pattern;
  }
  if (best === null) return null;
  return isExcluded(rule, method, path) ? null : best;
}

export interface Claim<R extends Rule> {
  readonly rule: R;
  readonly pattern: PathPattern;
}

/** The rules that admit method and path, the narrowest first; equal ones in the order of their ids. */
export function claims<R extends Rule>(rules: readonly R[], method: string, path: string): Claim<R>[] {
  const found: Claim<R>[] = [];
  for (const rule of rules) {
    if (!rule.methods.includes(method)) continue;
    const pattern = admittingPattern(rule, method, path);
    if (pattern !== null) found.push({ rule, pattern });
  }
  if (found.length < 2) return found;
  return found.sort((a, b) => compareNarrowness(b.pattern, a.pattern) || (a.rule.id < b.rule.id ? -1 : 1));
}

/**
 * Another rule of the same hosts that admits this request by a narrower pattern than `rule` does: it decides, not `rule`.
 * It need not admit the path letter by letter: where a closing slash, capitals or path parameters make the difference,
 * the upstream may well see none (threats C5).
 */
export function narrowerClaim<R extends Rule>(rule: R, rules: readonly R[], method: string, path: string): R | null {
  const own = admittingPattern(rule, method, path);
  if (own === null) return null;
  for (const other of rules) {
    if (other.id === rule.id || !other.methods.includes(method) || !sharesHost(rule, other)) continue;
    const pattern = admittingPattern(other, method, path);
    if (pattern !== null && compareNarrowness(pattern, own) > 0) return other;
    if (pattern === null && resembles(other, method, path, own)) return other;
  }
  return null;
}

/**
 * Whether an upstream that reads paths loosely would take the path for one of the rule's narrower ones. One that takes an
 * encoded slash for a slash reads `own` as a longer pattern: there equally narrow is enough, and what the rule takes out
 * for the path as it was written says nothing.
 */
function resembles(rule: Rule, method: string, path: string, own: PathPattern): boolean {
  const kept = rule.paths.some((text) => {
    const pattern = compilePath(text);
    return compareNarrowness(pattern, own) > 0 && resemblesKept(pattern, path);
  });
  if (kept && !isExcluded(rule, method, path)) return true;
  if (!path.includes('%2F')) return false;
  return rule.paths.some((text) => {
    const pattern = compilePath(text);
    return resemblesSplit(pattern, path) && compareToSplit(pattern, own, path) >= 0;
  });
}

/**
 * Whether a path with an encoded slash is one that a rule asks for by name. No other path with one is let through, so
 * that nothing has to guess whether the upstream keeps it.
 */
export function namesEncodedSlash(rules: readonly Rule[], path: string): boolean {
  return rules.some((rule) => rule.paths.some((text) => pathMatches(compilePath(text), path)));
}

function isExcluded(rule: Rule, method: string, path: string): boolean {
  return rule.exclude.some((text) => {
    const excluded = readExclusion(text);
    if (excluded.method !== null && excluded.method !== method) return false;
    return pathExcluded(compilePath(excluded.path), path);
  });
}

function sharesHost(a: Rule, b: Rule): boolean {
  return a.hosts.some((host) => b.hosts.some((other) => hostMatches(other, host) || hostMatches(host, other)));
}

export type Refusal = 'method' | 'path' | 'host' | 'size';

/** What enforce-policy asks: may this exact request go out, and to which host? */
export function decide(
  rule: Rule,
  request: { readonly method: string; readonly path: string; readonly bodyBytes: number | null },
  credentialHosts: readonly string[],
  maxRequestBodyBytes: number | null,
): { readonly allowed: true; readonly host: string } | { readonly allowed: false; readonly because: Refusal } {
  if (!rule.methods.includes(request.method)) return { allowed: false, because: 'method' };
  if (admittingPattern(rule, request.method, request.path) === null) return { allowed: false, because: 'path' };
  const host = commonHost(rule.hosts, credentialHosts);
  if (host === null) return { allowed: false, because: 'host' };
  if (maxRequestBodyBytes !== null && request.bodyBytes !== null && request.bodyBytes > maxRequestBodyBytes) {
    return { allowed: false, because: 'size' };
  }
  return { allowed: true, host };
}
