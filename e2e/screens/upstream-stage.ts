import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';
import type { Stage, StageOptions } from './stage.ts';
import { onStage, type Place } from './stages.ts';

/** A stage whose vault believes api.openai.com to be a real TLS server of ours (a development vault). */
export async function onUpstreamStage(
  place: Place,
  options: StageOptions,
  use: (stage: Stage, upstream: FakeUpstream) => Promise<void>,
): Promise<void> {
  const upstream = await startFakeUpstream({ names: ['api.openai.com'] });
  const environment = {
    AIVAULT_DEV_RESOLVE: upstream.resolve('api.openai.com'),
    AIVAULT_DEV_CA_CERT_PATH: upstream.authority.certPath,
  };
  try {
    await onStage(place, { ...options, environment }, (stage) => use(stage, upstream));
  } finally {
    await upstream.close();
  }
}

/** One call a tool makes: a token for it, then the endpoint. Returns the status. */
export async function callOpenai(
  stage: Stage,
  token: string,
  path: string,
  body = '{"model":"m","messages":[]}',
): Promise<number> {
  const response = await fetch(`${stage.baseUrl}/v/openai${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}
