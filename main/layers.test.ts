import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

// The import rules of ARCHITECTURE.md, enforced. A failure prints the rule's reason, so that whoever breaks one learns
// why it stands before deciding whether the rule or the import is wrong.

const root = fileURLToPath(new URL('..', import.meta.url));
const files = globSync(['main/**/*.ts', 'preload/**/*.ts', 'renderer/**/*.{ts,tsx}', 'tools/**/*.ts', 'e2e/**/*.ts'], {
  cwd: root,
}).sort();

interface Import {
  /** A path from the root for our own files, else a package's or built-in module's name. */
  readonly target: string;
  readonly typeOnly: boolean;
}
interface Source {
  readonly file: string;
  readonly text: string;
  readonly imports: readonly Import[];
  readonly isTest: boolean;
}

const statement = /^(?:import|export)\s+(type\s)?\s*(?:([^'";]*?)\sfrom\s*)?['"]([^'"]+)['"]/gm;
const onDemand = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

function readImports(file: string, text: string): Import[] {
  const found: Import[] = [];
  for (const [, type, names = '', specifier] of text.matchAll(statement)) {
    const inBraces = /^\{([^}]*)\}$/.exec(names.trim())?.[1];
    const everyNameIsType = inBraces
      ?.split(',')
      .filter((name) => name.trim() !== '')
      .every((name) => name.trim().startsWith('type '));
    found.push({ target: resolve(file, specifier!), typeOnly: type !== undefined || everyNameIsType === true });
  }
  for (const [, specifier] of text.matchAll(onDemand))
    found.push({ target: resolve(file, specifier!), typeOnly: false });
  return found;
}

function resolve(file: string, specifier: string): string {
  if (specifier.startsWith('#')) return `main/${specifier.slice(1)}`;
  return specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : specifier;
}

const sources: Source[] = files.map((file) => {
  const text = readFileSync(path.join(root, file), 'utf8');
  const isTest = /\.(test|conformance|fixture|session)\.tsx?$/.test(file) || file.startsWith('e2e/');
  return { file, text, imports: readImports(file, text), isTest };
});
const shipped = sources.filter(({ file, isTest }) => !isTest && !file.startsWith('tools/'));

interface Rule {
  readonly folder: string;
  readonly may: readonly RegExp[];
  readonly reason: string;
}

const node = /^node:/;
const contract = /^main\/contract\//;
const rules: readonly Rule[] = [
  {
    folder: 'main/contract/',
    may: [contract, /^zod$/],
    reason: 'the renderer loads the contract: no Node, no I/O, no core',
  },
  {
    folder: 'main/core/',
    may: [
      contract,
      /^main\/core\//,
      node,
      /^zod$/,
      /^@noble\//,
      /^hash-wasm$/,
      /^undici$/,
      /^ws$/,
      /^keytar$/,
      /^@smithy\/signature-v4$/,
    ],
    reason: 'aivaultd has no Electron, and core does not know how a question travels',
  },
  {
    folder: 'main/transports/',
    may: [contract, /^main\/transports\//, node, /^ws$/],
    reason: 'a wire carries, it does not know',
  },
  {
    folder: 'main/host/',
    may: [contract, /^main\/core\/core\.ts$/, /^main\/transports\//, /^main\/host\//, node],
    reason: 'both programs open hosts, with or without Electron; core is wired in core.ts only',
  },
  {
    folder: 'main/desktop/',
    may: [contract, /^main\/host\//, /^main\/transports\//, /^main\/desktop\//, /^electron$/, node],
    reason: 'the shell never touches a secret',
  },
  {
    folder: 'main/daemon/',
    may: [contract, /^main\/host\//, /^main\/daemon\//, node],
    reason: 'aivaultd opens a host and nothing else',
  },
  {
    folder: 'main/cli/',
    may: [contract, /^main\/transports\/find-host\.ts$/, /^main\/cli\//, node],
    reason: 'the CLI never decrypts: it asks',
  },
];

/** Inside core: whose code a room may run. Shapes (`import type`) are free: what has them is handed in by core.ts. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  operations: ['vault', 'catalog', 'access', 'broker', 'audit', 'providers', 'paths', 'operations', 'policy'],
  broker: ['policy', 'broker'],
  catalog: ['providers', 'catalog', 'policy', 'broker/auth'],
  access: ['policy', 'access'],
  approvals: ['policy', 'approvals', 'broker/in-time.ts'],
  vault: ['crypto', 'store', 'keyring', 'vault'],
  keyring: ['crypto', 'keyring'],
  audit: ['store', 'audit'],
  paths: ['crypto', 'paths'],
  policy: ['policy'],
  providers: ['providers', 'policy'],
  crypto: ['crypto'],
  store: ['store'],
};

function broken(file: string, imports: readonly Import[], may: readonly RegExp[], reason: string): string[] {
  return imports
    .filter(({ target }) => !may.some((rule) => rule.test(target)))
    .map(({ target }) => `${file} imports ${target}: ${reason}`);
}

test('every folder imports only what its row of the table allows', () => {
  assert.ok(shipped.length > 100, 'the files were found');
  const found = rules.flatMap(({ folder, may, reason }) =>
    shipped
      .filter(({ file }) => file.startsWith(folder))
      .flatMap(({ file, imports }) => broken(file, imports, may, reason)),
  );
  assert.deepEqual(found, []);
});

test('the preload takes only types and electron; the renderer only the contract and itself', () => {
  const preload = shipped
    .filter(({ file }) => file.startsWith('preload/'))
    .flatMap(({ file, imports }) =>
      broken(
        file,
        imports.filter(({ typeOnly }) => !typeOnly),
        [/^electron$/],
        'a sandboxed preload cannot require modules',
      ),
    );
  const renderer = shipped
    .filter(({ file }) => file.startsWith('renderer/'))
    .flatMap(({ file, imports }) =>
      imports
        .filter(({ target }) => /^(main\/(?!contract\/)|electron$|node:|preload\/(?!window\.d))/.test(target))
        .map(({ target }) => `${file} imports ${target}: the window gets no secret and no Node`),
    );
  assert.deepEqual([...preload, ...renderer], []);
});

test('inside core every room knows only its neighbours', () => {
  const found: string[] = [];
  for (const { file, imports } of shipped) {
    const room = /^main\/core\/([a-z]+)\//.exec(file)?.[1];
    if (room === undefined) continue;
    const allowed = rooms[room];
    assert.ok(allowed, `main/core/${room} is a room the table does not know`);
    for (const { target, typeOnly } of imports) {
      const inside = /^main\/core\/(.*)$/.exec(target)?.[1];
      if (inside === undefined || typeOnly) continue;
      if (!allowed.some((name) => inside === name || inside.startsWith(`${name}/`))) {
        found.push(`${file} imports ${target}: ${room} may know ${allowed.join(', ')}`);
      }
    }
  }
  assert.deepEqual(found, []);
});

test('each library is used in one place', () => {
  const homes: [RegExp, RegExp][] = [
    [/^@noble\//, /^main\/core\/crypto\//],
    [/^hash-wasm$/, /^main\/core\/crypto\//],
    [/^keytar$/, /^main\/core\/keyring\//],
    [/^@smithy\//, /^main\/core\/broker\/auth\//],
    [/^undici$/, /^main\/core\/broker\//],
    [/^ws$/, /^main\/(core\/broker\/upstream|transports)\//],
    [/^node:sqlite$/, /^main\/(core\/store|host\/lock\.ts)/],
    [/^node:child_process$/, /^main\/(transports|daemon|cli|host|desktop)\//],
    [/^electron$/, /^(main\/desktop|preload)\//],
  ];
  const found = shipped.flatMap(({ file, imports }) =>
    imports.flatMap(({ target, typeOnly }) =>
      homes
        .filter(([library, home]) => !typeOnly && library.test(target) && !home.test(file))
        .map(() => `${file} imports ${target}`),
    ),
  );
  assert.deepEqual(found, []);
});

test('no file reaches itself through its imports', () => {
  const graph = new Map(
    shipped.map(({ file, imports }) => [file, imports.filter(({ typeOnly }) => !typeOnly).map(({ target }) => target)]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) cycles.push([...way.slice(way.indexOf(file)), file].join(' → '));
    if (done.has(file) || way.includes(file)) return;
    for (const next of graph.get(file) ?? []) if (graph.has(next)) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  assert.deepEqual(cycles, []);
});

test('no room is over 300 lines (tests 500), and every file name says what is inside', () => {
  const found: string[] = [];
  for (const { file, text, isTest } of sources) {
    const lines = text.split('\n').length - 1;
    if (lines > (isTest ? 500 : 300)) found.push(`${file} has ${lines} lines`);
    if (/(^|\/)(utils?|helpers?|common|misc|index)\.tsx?$/.test(file))
      found.push(`${file} is a name that says nothing`);
    if (!/^[a-z0-9.-]+$/.test(path.basename(file))) found.push(`${file} is not kebab-case`);
  }
  assert.deepEqual(found, []);
});

test('the environment is read where a program starts, and nowhere else', () => {
  const allowed = /^main\/(host\/paths|transports\/find-host|daemon\/aivaultd|cli\/aivault|desktop\/app)\.ts$/;
  const found = shipped
    .filter(({ file, text }) => /\bprocess\.env\b/.test(text) && !allowed.test(file))
    .map(({ file }) => file);
  assert.deepEqual(found, []);
});

test('in core the clock and randomness are arguments', () => {
  const allowed = /^main\/core\/(crypto\/random|core)\.ts$/;
  const pattern = /\b(Date\.now\(|new Date\(\)|Math\.random\(|performance\.now\()/;
  const found = shipped
    .filter(({ file, text }) => /^main\/(core|contract)\//.test(file) && !allowed.test(file) && pattern.test(text))
    .map(({ file }) => file);
  assert.deepEqual(found, []);
});

test('core opens connections in broker/upstream and nowhere else (G20, T-C7)', () => {
  const ways = /^(?:node:(?:net|tls|http|https|http2|dgram|dns|dns\/promises)|undici|ws)$/;
  const fine = new Map([
    // Types and pure functions of the same modules.
    ['main/core/broker/auth/mtls.ts', /^import \{ createSecureContext \} from 'node:tls';$/m],
  ]);
  const core = shipped.filter(({ file }) => file.startsWith('main/core/'));
  const found = core
    .filter(({ file }) => !file.startsWith('main/core/broker/upstream/'))
    .filter(({ imports }) => imports.some(({ target, typeOnly }) => !typeOnly && ways.test(target)))
    .filter(({ file, text }) => fine.get(file)?.test(text) !== true)
    .map(({ file }) => file);
  assert.deepEqual(found, []);
  const connecting = core.filter(({ text }) => /^import \{[^}]*\bconnect\b[^}]*\} from 'node:(?:net|tls)'/m.test(text));
  assert.deepEqual(
    connecting.map(({ file }) => file),
    ['main/core/broker/upstream/dialer.ts', 'main/core/broker/upstream/tunnel.ts'],
  );
  // Node's own client asks nobody where it goes.
  assert.deepEqual(
    core.filter(({ text }) => /(?<!['`\w.].*)\bfetch\(/.test(text)).map(({ file }) => file),
    [],
  );
});

test('of node:crypto only what BoringSSL has too is used', () => {
  const fine = new Set([
    'randomBytes',
    'randomUUID',
    'randomFillSync',
    'createHash',
    'createHmac',
    'timingSafeEqual',
    'hkdfSync',
    'hkdf',
    'hash',
    'Hash',
    'Hmac',
    'sign',
    'createPrivateKey',
    'createPublicKey',
    'KeyObject',
    'X509Certificate',
  ]);
  const found: string[] = [];
  for (const { file, text } of shipped) {
    for (const [, names = ''] of text.matchAll(/^import\s+(?:type\s+)?([^;']*?)\s+from\s+'node:crypto'/gm)) {
      const listed = /^\{(.*)\}$/s
        .exec(names)?.[1]
        ?.split(',')
        .map(
          (name) =>
            name
              .trim()
              .replace(/^type /, '')
              .split(' as ')[0]!,
        ) ?? ['*'];
      for (const name of listed) if (name !== '' && !fine.has(name)) found.push(`${file} uses ${name}`);
    }
  }
  assert.deepEqual(found, []);
});

test('no default exports, enums, namespaces or files that only pass on what others export', () => {
  const found: string[] = [];
  for (const { file, text, isTest } of sources) {
    // Node's reporter interface asks for a default export.
    if (/^export default\b/m.test(text) && file !== 'tools/test-reporter.ts') found.push(`${file}: default export`);
    if (/^(export )?(const )?enum\s/m.test(text)) found.push(`${file}: enum`);
    if (/^(export )?namespace\s/m.test(text)) found.push(`${file}: namespace`);
    if (/^export \* from/m.test(text)) found.push(`${file}: barrel`);
    if (/\/\/ ?(TODO|FIXME|XXX)\b/.test(text)) found.push(`${file}: a half-done mark`);
    if (isTest && /\b(test|it|describe)\.only\(/.test(text)) found.push(`${file}: only`);
  }
  assert.deepEqual(found, []);
});

test('every library has an exact version and its reason in ARCHITECTURE.md, and no reason outlives its library', () => {
  const { dependencies, optionalDependencies, devDependencies } = JSON.parse(
    readFileSync(path.join(root, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string>>;
  const versions = { ...dependencies, ...optionalDependencies, ...devDependencies };
  const [, text = ''] = readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8').split('## Libraries, and why');
  const given = [...text.matchAll(/^- (.*?):/gm)].flatMap(([, names = '']) => [...names.matchAll(/`([^`]+)`/g)]);
  const reasons = given.map(([, name]) => name!).toSorted();
  const names = Object.keys(versions).map((name) => name.replace(/^@types\/.*/, '@types/*'));
  assert.deepEqual(reasons, [...new Set(names)].toSorted());
  const loose = Object.entries(versions).filter(([, version]) => !/^(npm:@[a-z/-]+@)?\d+\.\d+\.\d+$/.test(version));
  assert.deepEqual(loose, []);
});
