import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import Stripe from 'stripe';
import { type SdkStage, setSdkStage } from './stage.ts';

// Stripe's own SDK, unchanged: it takes a host and a port and no base path, so it is pointed at the pass-through by a
// path of its own, through the HTTP client it lets its users bring.

let stage: SdkStage;
let stripe: Stripe;

/** Stripe's fetch client, every path put behind /v/stripe. */
function throughVault(base: string): Stripe.HttpClient {
  return Stripe.createFetchHttpClient((input: RequestInfo | URL, init?: RequestInit) => {
    const { pathname, search } = new URL(input instanceof Request ? input.url : input);
    return fetch(`${base}/v/stripe${pathname}${search}`, init);
  });
}

describe('the stripe SDK', () => {
  before(async () => {
    stage = await setSdkStage({
      hostName: 'api.stripe.com',
      secret: 'STRIPE_API_KEY',
      keyPrefix: 'sk_test_',
      capabilities: ['stripe/customers', 'stripe/customers-write', 'stripe/payments-write'],
    });
    stripe = new Stripe(stage.token, {
      httpClient: throughVault(stage.host.baseUrl),
      maxNetworkRetries: 0,
      telemetry: false,
    });
  });
  beforeEach(() => stage.upstream.forget());
  after(() => stage.close());

  const json = (status: number, value: unknown, headers: Record<string, string> = {}) =>
    stage.upstream.behave((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_7', ...headers });
      response.end(JSON.stringify(value));
    });

  test('a customer is created: form body, idempotency key and version go up, the real key with them', async () => {
    json(200, { id: 'cus_1', object: 'customer', email: 'ada@example.com' });
    const customer = await stripe.customers.create(
      { email: 'ada@example.com', metadata: { plan: 'a b' } },
      { idempotencyKey: 'once' },
    );
    assert.equal(customer.id, 'cus_1');
    assert.equal(customer.lastResponse.requestId, 'req_7');
    const [seen] = stage.upstream.requests;
    assert.equal(`${seen?.method} ${seen?.target}`, 'POST /v1/customers');
    assert.deepEqual(seen?.header('authorization'), [`Bearer ${stage.key}`]);
    assert.deepEqual(seen?.header('idempotency-key'), ['once']);
    assert.equal(seen?.header('stripe-version').length, 1);
    assert.equal(seen?.body.toString(), 'email=ada%40example.com&metadata[plan]=a%20b');
  });

  test('a list is paged through to its end', async () => {
    stage.upstream.behave((request, response) => {
      const last = request.target.includes('starting_after=cus_2');
      const data = last
        ? [{ id: 'cus_3', object: 'customer' }]
        : [
            { id: 'cus_1', object: 'customer' },
            { id: 'cus_2', object: 'customer' },
          ];
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ object: 'list', data, has_more: !last, url: '/v1/customers' }));
    });
    const ids: string[] = [];
    for await (const customer of stripe.customers.list({ limit: 2 })) ids.push(customer.id);
    assert.deepEqual(ids, ['cus_1', 'cus_2', 'cus_3']);
  });

  test('an error of the provider is its own error class', async () => {
    json(402, { error: { type: 'card_error', code: 'card_declined', message: 'no' } });
    await assert.rejects(stripe.paymentIntents.create({ amount: 100, currency: 'eur' }), (error) => {
      assert.ok(error instanceof Stripe.errors.StripeCardError);
      assert.equal(error.code, 'card_declined');
      return true;
    });
  });

  test('what the token does not name is refused and never leaves', async () => {
    json(200, {});
    await assert.rejects(stripe.balance.retrieve());
    assert.equal(stage.upstream.requests.length, 0);
  });
});
