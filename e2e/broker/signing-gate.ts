import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as forward } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Issued } from '../authority.ts';

// A TLS front for an S3 server that does not check Signature Version 4 itself: it verifies what arrives on the wire
// from the AWS documentation alone, sharing no code with the signer, and passes only sound requests on.

export interface SigningGate {
  readonly port: number;
  /** `ok` or the reason for a refusal, per request, with its payload declaration and whether a session token was signed. */
  readonly verdicts: readonly { verdict: string; payload: string; sessionToken: string | null }[];
  close(): Promise<void>;
}

export async function startSigningGate(
  identity: Issued,
  key: { readonly accessKeyId: string; readonly secretAccessKey: string },
  behind: { readonly port: number; readonly accessKeyId: string },
): Promise<SigningGate> {
  const verdicts: { verdict: string; payload: string; sessionToken: string | null }[] = [];
  const server = createServer({ cert: identity.cert, key: identity.key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const verdict = verify(request, body, key);
      const { headers } = request;
      const token = headers['x-amz-security-token'];
      verdicts.push({
        verdict,
        payload: String(headers['x-amz-content-sha256']),
        sessionToken: typeof token === 'string' ? token : null,
      });
      if (verdict !== 'ok') {
        response.writeHead(403, { 'content-type': 'application/xml' });
        response.end(`<Error><Code>SignatureDoesNotMatch</Code><Message>${verdict}</Message></Error>`);
      } else pass(request, response, body, key.accessKeyId, behind);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    verdicts,
    async close() {
      server.closeAllConnections();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

function pass(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  ownId: string,
  behind: { readonly port: number; readonly accessKeyId: string },
): void {
  // The server behind knows one account: the id is swapped, the signature means nothing to it.
  const headers = {
    ...request.headers,
    authorization: request.headers.authorization!.replace(ownId, behind.accessKeyId),
  };
  const { 'transfer-encoding': _framing, ...rest } = { ...headers, 'content-length': String(body.length) };
  const onward = forward({ port: behind.port, method: request.method, path: request.url, headers: rest }, (answer) => {
    response.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  onward.end(body);
}

const hex = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

function verify(
  request: IncomingMessage,
  body: Buffer,
  key: { readonly accessKeyId: string; readonly secretAccessKey: string },
): string {
  const { headers } = request;
  const parsed =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  if (parsed === null) return 'no signature';
  const [, id, day, region, service, names, signature] = parsed as unknown as string[];
  if (id !== key.accessKeyId) return 'another key id';
  const date = String(headers['x-amz-date']);
  const sent = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(Date.now() - sent) < 15 * 60_000) || !date.startsWith(day!)) return 'not the time';
  const payload = String(headers['x-amz-content-sha256']);
  if (/^[0-9a-f]{64}$/.test(payload) && payload !== hex(body)) return 'another body';
  const signed = names!.split(';');
  for (const name of Object.keys(headers)) {
    if ((name === 'host' || name.startsWith('x-amz-')) && !signed.includes(name)) return `${name} is not signed`;
  }
  const [path, query = ''] = (request.url ?? '').split('?', 2) as [string, string?];
  const canonical = [
    request.method,
    path,
    canonicalQuery(query),
    ...signed.map((name) => `${name}:${String(headers[name]).trim().replaceAll(/ +/g, ' ')}`),
    '',
    names,
    payload,
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', date, scope, hex(canonical)].join('\n');
  const signingKey = [day!, region!, service!, 'aws4_request'].reduce<string | Buffer>(
    mac,
    `AWS4${key.secretAccessKey}`,
  );
  return mac(signingKey as Buffer, text).toString('hex') === signature ? 'ok' : 'another signature';
}

const encode = (text: string) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs = query.split('&').map((part) => {
    const at = part.indexOf('=');
    const [name, value] = at === -1 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
    return `${encode(decodeURIComponent(name))}=${encode(decodeURIComponent(value))}`;
  });
  return pairs.sort().join('&');
}
