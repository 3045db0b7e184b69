import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// A certificate authority that lives as long as a test: real X.509, made with openssl, trusted by nobody else.

export interface Issued {
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  /** PEM; what `AIVAULT_DEV_CA_CERT_PATH` points to. */
  readonly cert: string;
  /** The same in a file, until `close`. */
  readonly certPath: string;
  /** A server certificate for these names, or a client certificate for the first of them. */
  issue(names: readonly string[], use?: 'serverAuth' | 'clientAuth'): Issued;
  close(): void;
}

export function createAuthority(name = 'aivault test authority'): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'aivault-ca-'));
  const file = (leaf: string) => join(folder, leaf);
  const openssl = (...words: string[]) => execFileSync('openssl', words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.pem'),
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    '-addext',
    'basicConstraints=critical,CA:TRUE',
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
  );
  let serial = 0;
  return {
    cert: readFileSync(file('ca.pem'), 'utf8'),
    certPath: file('ca.pem'),
    issue(names, use = 'serverAuth') {
      serial += 1;
      const [keyFile, requestFile, certFile, extFile] = ['key', 'csr', 'pem', 'ext'].map((end) =>
        file(`${serial}.${end}`),
      ) as [string, string, string, string];
      openssl('req', ...key, '-keyout', keyFile, '-out', requestFile, '-subj', `/CN=${names[0] ?? 'nobody'}`);
      const alternatives = names.map((each) => (/^[\d.]+$|:/.test(each) ? `IP:${each}` : `DNS:${each}`)).join(',');
      writeFileSync(extFile, `subjectAltName=${alternatives}\nextendedKeyUsage=${use}\n`);
      openssl(
        'x509',
        '-req',
        '-in',
        requestFile,
        '-CA',
        file('ca.pem'),
        '-CAkey',
        file('ca.key'),
        '-set_serial',
        String(serial),
        '-days',
        '2',
        '-extfile',
        extFile,
        '-out',
        certFile,
      );
      return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
    },
    close() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
