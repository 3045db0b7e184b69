import { randomBytes } from 'node:crypto';
import { type FakeUpstream, startFakeUpstream } from '../fake-upstream.ts';
import { startTestHost, type TestHost } from '../test-host.ts';

// A development vault with one provider's key, a token for it, and an upstream that stands in for the provider.

export interface SdkStage {
  readonly host: TestHost;
  readonly upstream: FakeUpstream;
  /** The provider's real key: what must arrive upstream and nowhere else. */
  readonly key: string;
  /** What the SDK is given in its place. */
  readonly token: string;
  close(): Promise<void>;
}

export interface SdkStageOptions {
  readonly hostName: string;
  readonly secret: string;
  readonly keyPrefix: string;
  readonly capabilities: readonly string[];
}

/** Starts all of it; `close` ends all of it. */
export async function setSdkStage(options: SdkStageOptions): Promise<SdkStage> {
  const upstream = await startFakeUpstream({ names: [options.hostName] });
  const host = await startTestHost({
    environment: {
      AIVAULT_DEV_RESOLVE: upstream.resolve(options.hostName),
      AIVAULT_DEV_CA_CERT_PATH: upstream.authority.certPath,
    },
  });
  const key = `${options.keyPrefix}${randomBytes(24).toString('hex')}`;
  await host.call('secrets.create', { name: options.secret, value: key });
  const { token } = await host.call('tokens.mint', { capabilities: [...options.capabilities] });
  return {
    host,
    upstream,
    key,
    token,
    async close() {
      await host.close();
      await upstream.close();
    },
  };
}
