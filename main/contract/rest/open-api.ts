import { z } from 'zod';
import { pathRoutes, type RestRoute } from './path-routes.ts';
import { errorEnvelope } from './path-shapes.ts';

// The OpenAPI 3.1 document of /v1, made from the very schemas that parse its requests.

const schemaOf = (type: z.ZodType, io: 'input' | 'output') => {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io, unrepresentable: 'any' });
  return schema;
};

/** What turns a request away before its route: a web page asked, the endpoint is paused. */
const everyRoute = { 403: ['origin_refused'], 503: ['service_unavailable'] };
const everyTokenRoute = { 401: ['authentication_required'], 423: ['vault_locked'], 429: ['rate_limited'] };

/** The whole document as a plain object; `version` is the program's. */
export function openApiDocument(version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, route] of Object.entries(pathRoutes)) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: describeRoute(name, route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Path secrets', version, summary: 'Versioned secrets by path, on this machine only.' },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: { personalToken: { type: 'http', scheme: 'bearer', description: 'A personal token, skt_…' } },
      schemas: { Error: schemaOf(errorEnvelope, 'output') },
    },
  };
}

function describeRoute(name: string, route: RestRoute): Record<string, unknown> {
  const refuses: Record<string, readonly string[]> = {};
  for (const part of [route.refuses, route.operation === null ? {} : everyTokenRoute, everyRoute]) {
    for (const [status, codes] of Object.entries(part)) refuses[status] = [...(refuses[status] ?? []), ...codes];
  }
  return {
    operationId: name,
    summary: route.summary,
    ...(route.scope === null ? {} : { description: `Needs the scope \`${route.scope}\`.` }),
    security: route.operation === null ? [] : [{ personalToken: [] }],
    parameters: parametersOf(route),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body, 'input') } } },
        }),
    responses: {
      200: { description: 'Done.', content: { 'application/json': { schema: schemaOf(route.answer, 'output') } } },
      ...Object.fromEntries(
        Object.entries(refuses).map(([status, codes]) => [
          status,
          {
            description: codes.join(', '),
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
          },
        ]),
      ),
    },
  };
}

function parametersOf(route: RestRoute): unknown[] {
  const inPath = route.path.includes('{path}')
    ? [{ name: 'path', in: 'path', required: true, schema: { type: 'string', maxLength: 512 } }]
    : [];
  const inQuery = Object.entries(route.query?.shape ?? {}).map(([name, type]) => ({
    name,
    in: 'query',
    required: false,
    schema: schemaOf(type as z.ZodType, 'input'),
  }));
  const inHeader =
    route.conditional === true
      ? [{ name: 'If-Match', in: 'header', required: false, schema: { type: 'string' }, description: '"<version>"' }]
      : [];
  return [...inPath, ...inQuery, ...inHeader];
}
