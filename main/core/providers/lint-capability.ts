import { readExclusion } from '../policy/exclusion.ts';
import { isExcluded } from './exclusion.ts';
import type { Finding, Group, LintRule } from './lint-finding.ts';
import { covers, meet } from './path-overlap.ts';
import type { ProviderCapability } from './schema.ts';

/** What is wrong with one capability, looked at alone. */
export function lintCapability(group: Group, capability: ProviderCapability): Finding[] {
  const findings = [
    ...idFindings(group, capability),
    ...effectFindings(capability),
    ...dangerFindings(capability),
    ...patternFindings(capability),
    ...exampleFindings(capability),
  ];
  return findings.map(([rule, text]) => ({ provider: group.provider, capability: capability.id, rule, text }));
}

type Found = readonly [LintRule, string];

function* idFindings(group: Group, capability: ProviderCapability): Generator<Found> {
  if (!capability.id.startsWith(`${group.provider}/`)) yield ['id', `its id does not begin with ${group.provider}/`];
  if (capability.host !== undefined && !group.hosts.includes(capability.host)) {
    yield ['host', `its host ${capability.host} is not in the provider's list`];
  }
  if (new Set(capability.methods).size !== capability.methods.length) yield ['id', 'a method stands twice'];
}

const changing = ['POST', 'PUT', 'PATCH', 'DELETE'];

function* effectFindings(capability: ProviderCapability): Generator<Found> {
  const wrong = capability.methods.filter((method) => ['PUT', 'PATCH', 'DELETE'].includes(method));
  if (capability.effect === 'read' && wrong.length > 0)
    yield ['effect', `it says read, but allows ${wrong.join(', ')}`];
}

/** Words of paths that mint, show or end keys, or move money. */
const dangerous =
  /(?:^|[-_.:])(?:(?:api|access|auth|deploy|ssh|signing|app|admin)[-_]?(?:keys?|tokens?)|secrets?|credentials?|service[-_]?accounts?|payouts?|transfers?|refunds?|charges?|withdrawals?)(?:$|[-_.:{])/i;

function* dangerFindings(capability: ProviderCapability): Generator<Found> {
  const methods = capability.methods.filter((method) => changing.includes(method));
  if (capability.effect === 'destructive' || capability.because !== undefined || methods.length === 0) return;
  for (const path of capability.paths) {
    const word = path.split('/').find((segment) => dangerous.test(segment.replace(/\{[^}]*\}/, '')));
    const open = methods.filter((method) => !isExcluded(capability.exclude, method, path));
    if (word !== undefined && open.length > 0) {
      yield [
        'danger',
        `${open.join(', ')} ${path} looks like keys or money (${word}): give it a destructive capability`,
      ];
    }
  }
}

function* patternFindings(capability: ProviderCapability): Generator<Found> {
  const { paths, exclude, methods } = capability;
  for (const [index, path] of paths.entries()) {
    if (methods.every((method) => isExcluded(capability.exclude, method, path)))
      yield ['unreachable', `${path} is excluded again`];
    const wider = paths.find(
      (other, at) => at !== index && covers(other, path) && (!covers(path, other) || at < index),
    );
    // A path without parameters may stand beside its wider pattern: it is the default then.
    if (wider !== undefined && path.includes('{')) yield ['unreachable', `${path} adds nothing to ${wider}`];
    if (paths.indexOf(path) !== index) yield ['unreachable', `${path} stands twice`];
  }
  for (const text of exclude) {
    const { method, path } = readExclusion(text);
    if (method !== null && !methods.includes(method as never))
      yield ['exclusion', `${text}: the method is not allowed anyway`];
    if (!paths.some((pattern) => meet(pattern, path) !== null)) yield ['exclusion', `${text} takes nothing out`];
  }
}

function* exampleFindings(capability: ProviderCapability): Generator<Found> {
  const { example, methods, paths } = capability;
  const path = example.path.split('?')[0]!;
  if (!methods.includes(example.method)) yield ['example', `its example uses ${example.method}, which is not allowed`];
  const admitted = paths.some((pattern) => covers(pattern, path));
  if (!admitted || isExcluded(capability.exclude, example.method, path))
    yield ['example', `its own policy would refuse ${path}`];
  if (!/^\/[\x21-\x7e]*$/.test(example.path)) yield ['example', 'its path is not percent-encoded ASCII'];
  if (/[{}]/.test(path)) yield ['example', 'its path still holds a parameter'];
  if (example.body !== undefined && ['GET', 'HEAD'].includes(example.method)) yield ['example', 'a GET has no body'];
  const names = Object.keys(example.headers ?? {}).map((name) => name.toLowerCase());
  if (names.includes('authorization')) yield ['example', 'it shows an authorization header: that is the broker’s'];
}
