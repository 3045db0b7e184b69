// The /v1 endpoint for path secrets: HTTP on one side, operations on the other, nothing decided in between.

import type { Ask, Output, Rate } from '#contract/call.ts';
import { AivaultError, type ErrorBody } from '#contract/errors.ts';
import type { OperationName } from '#contract/operations.ts';
import type { HeaderPair } from '#contract/proxied.ts';
import { openApiDocument } from '#contract/rest/open-api.ts';
import * as shape from '#contract/rest/path-shapes.ts';
import { parseBody, parseQuery } from '#contract/rest/rest-parse.ts';
import * as json from './rest-answers.ts';
import { errorAnswer, type RestAnswer, wrongMethod } from './rest-errors.ts';
import {
  bearerOf,
  checkQuery,
  conditionOf,
  type RestRequest,
  type Routed,
  refuseCondition,
  routeOf,
} from './rest-request.ts';

export interface PathRestDeps {
  readonly ask: Ask;
  readonly now: () => number;
  /** `req_` and 24 hex digits. */
  readonly requestId: () => string;
  readonly version: string;
}

export interface WrittenAnswer {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
}

/** The /v1 endpoint. What it says always has its envelope and an id, whoever refuses. */
export interface PathRest {
  /** Answers one request. Never throws. */
  answer(request: RestRequest): Promise<WrittenAnswer>;
  /** Says no to a request that was turned away before anybody looked what it asks for. */
  refuse(error: ErrorBody): WrittenAnswer;
}

const openApiTarget = '/v1/openapi.json';

export function createPathRest(deps: PathRestDeps): PathRest {
  const openApi = JSON.stringify(openApiDocument(deps.version));
  const answer: PathRest['answer'] = async (request) => {
    const requestId = deps.requestId();
    if (request.target === openApiTarget && request.method === 'GET') return writeText(requestId, 200, {}, openApi);
    let given: RestAnswer;
    let rate: Rate | undefined;
    const ask: Ask = async (...question) => {
      const asked = await deps.ask(...question);
      rate = asked.rate;
      return asked;
    };
    try {
      given = await answerTo({ ...deps, ask }, request, requestId);
    } catch (error) {
      const body: ErrorBody =
        error instanceof AivaultError ? error.toJSON() : { error: 'internal', message: 'The request failed inside.' };
      given = errorAnswer(body, requestId);
    }
    return write(requestId, given, rateHeaders(rate));
  };
  const refuse: PathRest['refuse'] = (error) => {
    const requestId = deps.requestId();
    return write(requestId, errorAnswer(error, requestId));
  };
  return { answer, refuse };
}

async function answerTo(deps: PathRestDeps, request: RestRequest, requestId: string): Promise<RestAnswer> {
  if (request.target === openApiTarget) return wrongMethod(['GET'], requestId);
  const routed = routeOf(request.method, request.target);
  if (routed === 'not-found')
    throw new AivaultError('not_found', 'There is nothing at this address.', { reason: 'not_found' });
  if ('allow' in routed) return wrongMethod(routed.allow, requestId);
  if (routed.name === 'health') return ok({ status: 'healthy', timestamp: json.isoTime(deps.now()) });
  if (routed.name === 'version') return ok({ version: deps.version });

  const bearer = bearerOf(request.headers);
  const ask = async <N extends OperationName>(name: N, input: () => unknown): Promise<Output<N>> => {
    const result = await deps.ask(bearer, name, () => {
      checkQuery(routed);
      return input();
    });
    if (!result.ok) throw errorOf(result.error);
    return result.value as Output<N>;
  };
  try {
    return await routes[routed.name](ask, routed, request, requestId);
  } catch (error) {
    if (!(error instanceof AivaultError)) throw error;
    return errorAnswer(error.toJSON(), requestId, routed.path);
  }
}

type TypedAsk = <N extends OperationName>(name: N, input: () => unknown) => Promise<Output<N>>;
type Route = (ask: TypedAsk, routed: Routed, request: RestRequest, requestId: string) => Promise<RestAnswer>;

const routes: Record<Exclude<Routed['name'], 'health' | 'version'>, Route> = {
  whoami: async (ask) => ok(json.whoamiJson(await ask('tokens.whoami', () => ({})))),

  write: async (ask, { path }, request) => {
    const value = await ask('paths.write', async () => {
      const body = parseBody(shape.writeBody, await request.body());
      return {
        path,
        data: body.data,
        generate: body.generate,
        secretType: body.secret_type,
        metadata: body.metadata,
        maxVersions: body.options?.max_versions,
        expiresIn: body.options?.expires_in,
        ifVersion: conditionOf(request.headers),
      };
    });
    return ok(json.writtenJson(value), { etag: `"${value.version}"` });
  },

  read: async (ask, { path, query }) => {
    const value = await ask('paths.read', () => ({ path, version: parseQuery(shape.readQuery, query).version }));
    return ok(json.secretJson(value), { etag: `"${value.version}"` });
  },

  delete: async (ask, { path, query }, { headers }) =>
    ok(
      json.deletedJson(
        await ask('paths.delete', () => {
          refuseCondition(headers);
          return { path, permanent: parseQuery(shape.deleteQuery, query).permanent === 'true' };
        }),
      ),
    ),

  list: async (ask, { query }) =>
    ok(
      json.listJson(
        await ask('paths.list', () => {
          const { expiring_within: expiringWithin, ...rest } = parseQuery(shape.listQuery, query);
          return { ...rest, expiringWithin };
        }),
      ),
    ),

  versions: async (ask, { path }) => ok(json.versionsJson(await ask('paths.versions', () => ({ path })))),
  metadata: async (ask, { path }) => ok(json.metadataJson(await ask('paths.describe', () => ({ path })))),
  restore: async (ask, { path }) => ok(json.listItemJson(await ask('paths.restore', () => ({ path })))),

  rotate: async (ask, { path }, request) => {
    const value = await ask('paths.rotate', async () => ({
      path,
      ...parseBody(shape.rotateBody, await request.body()),
      ifVersion: conditionOf(request.headers),
    }));
    return ok(json.writtenJson(value), { etag: `"${value.version}"` });
  },

  batch: async (ask, _routed, request, requestId) => {
    // Proves the token before the body is looked at; each path is then authorised and written down by itself.
    const asked = Promise.withResolvers<ReturnType<typeof batchOf>>();
    await ask('tokens.whoami', async () => {
      asked.resolve(batchOf(await request.body()));
      return {};
    });
    const { paths, options } = await asked.promise;
    const secrets = new Map<string, unknown>();
    const errors = new Map<string, unknown>();
    for (const path of new Set(paths)) {
      try {
        const value = await ask('paths.read', () => ({ path, version: options?.version }));
        secrets.set(path, {
          data: value.data,
          version: value.version,
          secret_type: value.secretType,
          ...(options?.include_metadata === true ? { metadata: value.metadata } : {}),
        });
      } catch (error) {
        if (!(error instanceof AivaultError)) throw error;
        const refused = errorAnswer(error.toJSON(), requestId, path);
        if (options?.fail_fast === true) return refused;
        const { error: refusal } = refused.json as { error: { code: string; message: string } };
        errors.set(path, { code: refusal.code, message: refusal.message });
      }
    }
    return ok({ secrets: Object.fromEntries(secrets), errors: Object.fromEntries(errors) });
  },

  auditLogs: async (ask, { query }) =>
    ok(
      json.auditLogsJson(
        await ask('audit.logs', () => {
          const asked = parseQuery(shape.auditQuery, query);
          return {
            limit: asked.limit,
            cursor: asked.cursor,
            fromMs: asked.from === undefined ? undefined : Date.parse(asked.from),
            toMs: asked.to === undefined ? undefined : Date.parse(asked.to),
            action: asked.action,
            pathPrefix: asked.path_prefix,
            success: asked.success === undefined ? undefined : asked.success === 'true',
            identityId: asked.identity_id,
          };
        }),
      ),
    ),
};

function batchOf(body: Uint8Array) {
  return parseBody(shape.batchBody, body);
}

function ok(value: unknown, headers: Readonly<Record<string, string>> = {}): RestAnswer {
  return { status: 200, headers, json: value };
}

/** Only where a share is set: no limit, no promise. The reset is in whole seconds since 1970. */
function rateHeaders(rate: Rate | undefined): Readonly<Record<string, string>> {
  if (rate === undefined) return {};
  return {
    'x-ratelimit-limit': String(rate.perMinute),
    'x-ratelimit-remaining': String(rate.remaining),
    'x-ratelimit-reset': String(Math.ceil(rate.fullAtMs / 1000)),
  };
}

function errorOf(body: ErrorBody): AivaultError {
  const { error, message, ...options } = body;
  return new AivaultError(error, message, options);
}

function write(requestId: string, answer: RestAnswer, more: Readonly<Record<string, string>> = {}): WrittenAnswer {
  return writeText(requestId, answer.status, { ...answer.headers, ...more }, JSON.stringify(answer.json));
}

function writeText(
  requestId: string,
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string,
): WrittenAnswer {
  const body = Buffer.from(text);
  return {
    status,
    headers: [
      ['content-type', 'application/json'],
      ['content-length', String(body.length)],
      // A value on its way to an application is nobody else's to keep.
      ['cache-control', 'no-store'],
      ['x-request-id', requestId],
      ...Object.entries(headers),
    ],
    body,
  };
}
