import type { CapabilityDetail, CapabilitySummary } from '#contract/schemas/catalog.ts';
import { argument, type Command, command, flag, list, optionalArgument, text } from '../command.ts';
import { countText } from '../count-text.ts';
import { bold, dim, green, type Output, yellow } from '../output.ts';
import { passphraseOptions, presenceFrom } from '../secret-input.ts';
import { invalid } from '../session.ts';
import { summaries } from '../summaries.ts';
import { describeAnswer, printDetail } from './describe.ts';

// What tools may do: listed by readiness and category, described, and, for services of your own, created.

const id = argument('The capability’s id, provider/name.', { complete: 'capability' });

function printGroup(out: Output, heading: string, capabilities: readonly CapabilitySummary[]): void {
  if (capabilities.length === 0) return;
  out.line(bold(heading));
  const width = Math.min(44, Math.max(...capabilities.map((capability) => capability.id.length)));
  const categories = [...new Set(capabilities.map(({ category }) => category))].toSorted();
  for (const category of categories) {
    out.line('  ', dim(category));
    const members = capabilities.filter((capability) => capability.category === category);
    for (const capability of members.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
      const state = capability.enabled ? '' : yellow('  disabled');
      const mark = capability.ready && capability.enabled ? green('●') : dim('○');
      out.line('    ', mark, ` ${capability.id.padEnd(width)}  `, dim(capability.summary), state);
    }
  }
  out.line();
}

const listCommand = command({
  words: 'capability list',
  aliases: ['capability search'],
  summary: summaries['capabilities.list'],
  arguments: { text: optionalArgument('Only those whose id or summary holds this; the same as --search.') },
  options: {
    provider: text('NAME', 'Only this provider.', { complete: 'provider' }),
    category: text('NAME', 'Only this category.'),
    search: text('TEXT', 'Only those whose id or summary holds this.'),
    ready: flag('Only those that are ready.'),
  },
  async run(values, session) {
    const { provider, category } = values;
    if (values.text !== undefined && values.search !== undefined) throw invalid('Give one text to search for.');
    const search = values.search ?? values.text;
    const { capabilities } = await session.ask('capabilities.list', {
      ...(provider === undefined ? {} : { provider }),
      ...(category === undefined ? {} : { category }),
      ...(search === undefined ? {} : { search }),
      ...(values.ready ? { ready: true } : {}),
    });
    const { out } = session;
    out.answer({ capabilities }, () => {
      const ready = capabilities.filter((capability) => capability.ready);
      printGroup(
        out,
        'Available',
        capabilities.filter((capability) => !capability.ready),
      );
      printGroup(out, 'Ready', ready);
      const count = capabilities.length;
      out.line(`${countText(count, 'capability', 'capabilities')}, ${ready.length} ready.`);
      if (ready.length > 0) return;
      const chosen = provider !== undefined || category !== undefined || search !== undefined;
      if (chosen && count === 0) out.line(dim(`Nothing ${values.ready ? 'that is ready ' : ''}fits.`));
      else if (chosen) out.line(dim(`Which key they need: aivault capability describe ${capabilities[0]!.id}`));
      else out.line(dim('Store a key to make some ready: aivault secrets create --name OPENAI_API_KEY'));
    });
    return 0;
  },
});

const describeCommand = command({
  words: 'capability describe',
  aliases: ['capability args', 'capability shape', 'capability inspect'],
  summary: summaries['capabilities.describe'],
  arguments: { id },
  async run(values, session) {
    const detail: CapabilityDetail = await session.ask('capabilities.describe', { id: values.id });
    session.out.answer(describeAnswer(detail), () => printDetail(session.out, detail));
    return 0;
  },
});

const createCommand = command({
  words: 'capability create',
  summary: summaries['capabilities.create'],
  arguments: { id: argument('Its id, provider/name.') },
  options: {
    provider: text('NAME', 'The provider (default: the credential’s).', { complete: 'provider' }),
    credential: text('ID', 'The one credential it uses.', { complete: 'credential' }),
    method: list('METHOD', 'A method it allows.'),
    path: list('PATTERN', 'A path it allows: /v1/users/{id}, /v1/files/**; /v1/users alone means it and all below.'),
    exclude: list('PATTERN', 'A path inside those that it does not allow; alone it means it and all below as well.'),
    host: list('HOST', 'Its host (default: the credential’s).'),
    ...passphraseOptions,
  },
  examples: ['aivault capability create acme/users --credential acme --method GET --path /v1/users'],
  async run(values, session) {
    if (values.method.length === 0) throw invalid('--method is required, once or more.');
    if (values.path.length === 0) throw invalid('--path is required, once or more.');
    const summary = await session.ask(
      'capabilities.create',
      {
        id: values.id,
        ...(values.provider === undefined ? {} : { provider: values.provider }),
        ...(values.credential === undefined ? {} : { credential: values.credential }),
        methods: values.method.map((method) => method.toUpperCase()) as CapabilityMethod[],
        paths: [...values.path],
        exclude: [...values.exclude],
        hosts: [...values.host],
      },
      presenceFrom(session, values),
    );
    session.out.answer(summary, () => {
      session.out.line(`Capability created: ${summary.id}`);
      session.out.line(`  ${summary.methods.join(', ')}  ${summary.paths.join(', ')}`);
    });
    return 0;
  },
});
type CapabilityMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

const deleteCommand = command({
  words: 'capability delete',
  summary: summaries['capabilities.delete'],
  arguments: { id },
  options: passphraseOptions,
  async run(values, session) {
    const answer = await session.ask('capabilities.delete', { id: values.id }, presenceFrom(session, values));
    const { capabilities } = session.out.json
      ? { capabilities: [] }
      : await session.ask('capabilities.list', { search: values.id });
    session.out.answer(answer, () => {
      session.out.line(
        answer.removedCapability
          ? `Capability deleted: ${answer.id}`
          : `There was no capability of yours ${answer.id}.`,
      );
      // What the registry offers is only switched off by it.
      if (answer.removedCapability && capabilities.some((each) => each.id === answer.id)) {
        session.out.line(
          dim(`  It comes with the registry, to be had again by: aivault capability enable ${answer.id}`),
        );
      }
    });
    return 0;
  },
});

const switchCommand = (word: 'enable' | 'disable') =>
  command({
    words: `capability ${word}`,
    summary: word === 'enable' ? 'Enable a capability again.' : 'Disable a capability, registry ones included.',
    arguments: { id },
    async run(values, session) {
      const summary = await session.ask('capabilities.setEnabled', { id: values.id, enabled: word === 'enable' });
      session.out.answer(summary, () => session.out.line(`Capability ${word}d: ${summary.id}`));
      return 0;
    },
  });

export const capabilityCommands: readonly Command[] = [
  listCommand,
  describeCommand,
  createCommand,
  deleteCommand,
  switchCommand('enable'),
  switchCommand('disable'),
];
