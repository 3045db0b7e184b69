import type { Incoming } from '#contract/proxied.ts';
import type { RateLimiter } from '../policy/limits.ts';
import { after, type MaybeLater } from './at-once.ts';
import type { OpenRequest } from './open-request.ts';
import type { CatalogView } from './parties.ts';
import type { BrokerPorts } from './ports.ts';
import { askOperator } from './stages/ask-operator.ts';
import { authenticate } from './stages/authenticate.ts';
import { chooseCredential } from './stages/choose-credential.ts';
import { enforcePolicy } from './stages/enforce-policy.ts';
import { matchCapability } from './stages/match-capability.ts';
import { planUpstream } from './stages/plan-upstream.ts';
import { readRequest } from './stages/read-request.ts';
import type { Approved, Identified, Understood } from './states.ts';

/** Stage 1, and a place among the caller's open requests. */
export function identify(incoming: Incoming, request: OpenRequest, ports: BrokerPorts): Identified {
  request.passage.at('authenticate');
  const identified = authenticate(incoming, ports);
  request.passage.identified(identified);
  request.takePlace(identified.grant.tokenId ?? identified.grant.actor);
  return identified;
}

/** Stages 2 to 7: everything that is decided before anything is decrypted. */
export function approach(
  identified: Identified,
  request: OpenRequest,
  ports: BrokerPorts,
  rates: RateLimiter,
): MaybeLater<Approved> {
  const catalog = ports.catalog();
  request.passage.at('read-request');
  return after(readRequest(identified, catalog, request.keep), (understood) =>
    decided(understood, request, ports, rates, catalog),
  );
}

/** Stages 3 to 7. Nothing here waits but for a person who is asked, and for a call that is counted. */
function decided(
  understood: Understood,
  request: OpenRequest,
  ports: BrokerPorts,
  rates: RateLimiter,
  catalog: CatalogView,
): MaybeLater<Approved> {
  const { passage } = request;
  passage.understood(understood);

  passage.at('match-capability');
  const matched = matchCapability(understood, catalog);
  passage.facts.capability = matched.capability.id;

  passage.at('choose-credential');
  const backed = chooseCredential(matched, catalog);
  passage.facts.credential = backed.credential.id;

  passage.at('enforce-policy');
  return after(enforcePolicy(backed, rates, ports.takeCall, ports.now()), (permitted) => {
    passage.at('plan-upstream');
    const planned = planUpstream(permitted);
    passage.plan(planned);

    passage.at('ask-operator');
    return askOperator(planned, ports.approvals, request);
  });
}
