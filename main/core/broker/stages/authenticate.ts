import { AivaultError } from '#contract/errors.ts';
import type { HeaderPair, Incoming } from '#contract/proxied.ts';
import type { BrokerPorts } from '../ports.ts';
import type { Identified } from '../states.ts';
import { bearerToken, takeToken } from '../token-slots.ts';

/** `/v/<segment>/…`, as it came: a segment is never percent-encoded. */
const passThrough = /^\/v\/([a-z0-9][a-z0-9._-]{0,63})(\/[^?]*)?(?:\?(.*))?$/s;

/** Stage 1: who is asking, proven by the token or by the transport. Throws `token_invalid` or `vault_locked`. */
export function authenticate(incoming: Incoming, ports: BrokerPorts): Identified {
  const { caller, door } = incoming;
  if (caller.kind === 'bearer' && incoming.envelope !== undefined) {
    throw new AivaultError('operator_required', 'Only an operator sends an envelope beside its body.');
  }
  const headers = incoming.headers.map(lowerCase);
  if (door === 'envelope') {
    const grant = caller.kind === 'bearer' ? ports.verify(bearerToken(headers)) : operator(caller, ports);
    return { incoming, grant, headers, target: '', segment: null };
  }
  const match = passThrough.exec(incoming.target);
  if (match === null)
    throw new AivaultError('invalid_request', 'A pass-through address is /v/<credential or provider>/<path>.');
  const segment = match[1] as string;
  const path = match[2] ?? '/';
  const query = match[3] ?? null;
  if (caller.kind === 'operator') {
    const target = query === null ? path : `${path}?${query}`;
    return { incoming, grant: operator(caller, ports), headers, target, segment };
  }
  const taken = takeToken(headers, path, query);
  return { incoming, grant: ports.verify(taken.token), headers: taken.headers, target: taken.target, segment };
}

function lowerCase(pair: HeaderPair): HeaderPair {
  const name = pair[0].toLowerCase();
  return name === pair[0] ? pair : [name, pair[1]];
}

function operator(caller: Extract<Incoming['caller'], { kind: 'operator' }>, ports: BrokerPorts) {
  const context = {
    ...(caller.workspaceId === undefined ? {} : { workspaceId: caller.workspaceId }),
    ...(caller.groupId === undefined ? {} : { groupId: caller.groupId }),
  };
  return ports.operatorGrant(caller.via, context, caller.consumer ?? null);
}
