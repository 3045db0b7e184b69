import { AivaultError } from '#contract/errors.ts';
import type { Credential } from '#contract/schemas/catalog.ts';
import { authOptions, readAuth } from '../auth-flags.ts';
import { argument, type Command, command, flag, list, requiredText, text } from '../command.ts';
import { countText } from '../count-text.ts';
import { bold, dim, type Output, yellow } from '../output.ts';
import { askHidden, canAsk } from '../prompt.ts';
import { contextOptions, readContext } from '../scope-flags.ts';
import { isGiven, passphraseOptions, presenceFrom, readSecret } from '../secret-input.ts';
import { readSecretRef, secretReferenceOptions } from '../secret-reference.ts';
import type { Session } from '../session.ts';
import { summaries } from '../summaries.ts';

// Which secret goes where, and how it is put on the wire.

const id = argument('The credential’s id.', { complete: 'credential' });

/** What a secret is called, by its id. */
type Names = ReadonlyMap<string, string>;

async function secretNames(session: Session): Promise<Names> {
  if (session.out.json) return new Map();
  const { secrets } = await session.ask('secrets.list', {});
  return new Map(secrets.map(({ secretId, name }) => [secretId, name]));
}

function printCredential(out: Output, credential: Credential, names: Names): void {
  const state = credential.enabled ? (credential.ready ? [] : [yellow('  not ready')]) : [yellow('  disabled')];
  out.line('  ', bold(credential.id), ...state);
  const fact = (label: string, value: string) => out.line('      ', dim(label.padEnd(10)), value);
  fact('Provider:', credential.provider);
  fact('Secret:', credential.secretIds.map((each) => names.get(each) ?? each).join(', '));
  fact('Auth:', credential.auth.kind);
  fact('Hosts:', credential.hosts.join(', '));
  if (credential.upstreamPathPrefix !== null) fact('Prefix:', credential.upstreamPathPrefix);
  if (credential.workspaceId !== null) {
    fact('Scope:', [credential.workspaceId, credential.groupId].filter((part) => part !== null).join(':'));
  }
  const passed = [...credential.requestHeaders, ...credential.responseHeaders.map((name) => `${name} (answer)`)];
  if (credential.origin === 'custom' && passed.length > 0) fact('Headers:', passed.join(', '));
  fact('Origin:', credential.origin);
}

const question = 'Value of the secret, again';

/** A secret that is to go to more hosts needs its value again: it is asked for at a terminal, else the flags are named. */
async function withValueAgain(
  session: Session,
  { code, message }: AivaultError,
  create: (valueAgain: string) => Promise<Credential>,
): Promise<Credential> {
  if (!canAsk(session.terminal)) {
    const hint = 'To send it to another host as well, give its value again: --value-again-stdin or --value-again-file.';
    throw new AivaultError(code, message, { hint });
  }
  session.out.aside(message);
  return create(await askHidden(session.terminal, question));
}

const createCommand = command({
  words: 'credential create',
  summary: summaries['credentials.create'],
  arguments: { id: argument('The id of the new credential; also the first segment of its pass-through address.') },
  options: {
    provider: requiredText('NAME', 'The provider, known or of your own.', { complete: 'provider' }),
    ...secretReferenceOptions,
    ...contextOptions,
    ...authOptions,
    host: list('HOST', 'A host it may be sent to. A known provider brings its own.'),
    'upstream-path-prefix': text('PATH', 'Put before every path, after policy has looked at it.'),
    'request-header': list('NAME', 'A request header of the caller to let through, such as x-trace-id or x-acme-*.'),
    'response-header': list('NAME', 'A header of the answer to let through.'),
    'refuse-unscannable': flag('Refuse answers that cannot be searched for the key.'),
    'allow-local': flag(
      'The host is one named service on this machine or network, name:port; it has to speak TLS all the same.',
    ),
    'value-again-file': text('FILE', 'The secret’s value again, where this widens the hosts of an unpinned secret.', {
      complete: 'file',
    }),
    'value-again-stdin': flag('The same, from stdin.'),
    ...passphraseOptions,
  },
  notes: [
    'For a known provider, auth, hosts and token endpoints come from the registry; only a tenant’s host can be named.',
  ],
  examples: [
    'aivault credential create acme --provider acme --secret ACME_KEY --auth header --host api.acme.example',
    'aivault credential create my-shop --provider shopify --secret MY_SHOP_TOKEN --host my-shop.myshopify.com',
  ],
  async run(values, session) {
    const context = readContext(values);
    const auth = readAuth(values);
    const secretRef = await readSecretRef(session, values, context);
    const again = {
      name: 'value-again',
      text: undefined,
      file: values['value-again-file'],
      stdin: values['value-again-stdin'],
    };
    const given = isGiven(again) ? await readSecret(session, again, question) : undefined;
    const create = (valueAgain: string | undefined) =>
      session.ask(
        'credentials.create',
        {
          id: values.id,
          provider: values.provider,
          secretRef,
          ...context,
          ...(auth === undefined ? {} : { auth }),
          hosts: [...values.host],
          ...(values['upstream-path-prefix'] === undefined
            ? {}
            : { upstreamPathPrefix: values['upstream-path-prefix'] }),
          requestHeaders: [...values['request-header']],
          responseHeaders: [...values['response-header']],
          refuseUnscannable: values['refuse-unscannable'],
          allowLocal: values['allow-local'],
          ...(valueAgain === undefined ? {} : { valueAgain }),
        },
        presenceFrom(session, values),
      );
    const credential = await create(given).catch((error: unknown) => {
      if (given !== undefined || !(error instanceof AivaultError) || error.reason !== 'value_again') throw error;
      return withValueAgain(session, error, create);
    });
    const names = await secretNames(session);
    session.out.answer(credential, () => {
      session.out.line(`Credential created: ${credential.id}`);
      printCredential(session.out, credential, names);
    });
    return 0;
  },
});

const listCommand = command({
  words: 'credential list',
  summary: summaries['credentials.list'],
  async run(_values, session) {
    const { credentials } = await session.ask('credentials.list', {});
    const names = await secretNames(session);
    const { out } = session;
    out.answer({ credentials }, () => {
      if (credentials.length === 0) return out.line('No credentials found.');
      out.line(bold('Credentials'));
      for (const credential of credentials) {
        out.line();
        printCredential(out, credential, names);
      }
      out.line();
      out.line(dim(`${countText(credentials.length, 'credential')}. --verbose prints everything as JSON.`));
    });
    return 0;
  },
});

/** A provider has up to dozens of capabilities: the first few show what is meant, the number shows how much. */
function shortened(ids: readonly string[]): string {
  const shown = ids.slice(0, 5).join(', ');
  return ids.length > 5 ? `${shown} and ${ids.length - 5} more` : shown;
}

const deleteCommand = command({
  words: 'credential delete',
  summary: summaries['credentials.delete'],
  arguments: { id },
  async run(values, session) {
    const answer = await session.ask('credentials.delete', { id: values.id });
    const { out } = session;
    const { providers } = out.json ? { providers: [] } : await session.ask('providers.list', {});
    out.answer(answer, () => {
      if (!answer.removed) return out.line(`There was no credential ${answer.id}.`);
      out.line(`Credential deleted: ${answer.id}`);
      if (answer.capabilities.length > 0) out.line(`  No longer ready:  ${shortened(answer.capabilities)}`);
      // Only the registry's own have such ids, and they are switched off as long as their secret is there.
      if (providers.some(({ provider }) => provider === answer.id.split('.', 1)[0])) {
        out.line(dim(`  It comes with its secret, to be had again by: aivault credential enable ${answer.id}`));
      }
    });
    return 0;
  },
});

const switchCommand = (word: 'enable' | 'disable') =>
  command({
    words: `credential ${word}`,
    summary: word === 'enable' ? 'Enable a credential again.' : 'Disable a credential until it is enabled again.',
    arguments: { id },
    async run(values, session) {
      const credential = await session.ask('credentials.setEnabled', { id: values.id, enabled: word === 'enable' });
      session.out.answer(credential, () => session.out.line(`Credential ${word}d: ${credential.id}`));
      return 0;
    },
  });

export const credentialCommands: readonly Command[] = [
  createCommand,
  listCommand,
  deleteCommand,
  switchCommand('enable'),
  switchCommand('disable'),
];
