import { scopeNames } from '#contract/choices.ts';
import type { Binding, Policy } from '#contract/schemas/catalog.ts';
import { scopeText } from '#contract/scope-text.ts';
import { type Command, command, flag, list, number, requiredText, text } from '../command.ts';
import { dim, type Output } from '../output.ts';
import { contextOptions, readContext, readScope, scopeOptions } from '../scope-flags.ts';
import { passphraseOptions, presenceFrom } from '../secret-input.ts';
import { readSecretRef, secretReferenceOptions } from '../secret-reference.ts';
import { invalid } from '../session.ts';
import { summaries } from '../summaries.ts';

// Limits of a capability, and the bindings that say which secret it uses.

const capabilityOption = { capability: requiredText('ID', 'The capability.', { complete: 'capability' }) } as const;
type PolicyAnswer = { readonly capabilityId: string; readonly policy: Policy };

function printPolicy(out: Output, answer: PolicyAnswer): void {
  out.answer(answer, () => {
    const { policy } = answer;
    const none = 'no limit';
    out.line(answer.capabilityId);
    out.line('  ', dim('Calls per minute:   '), policy.rateLimitPerMinute?.toString() ?? none);
    out.line('  ', dim('Request body bytes: '), policy.maxRequestBodyBytes?.toString() ?? none);
    out.line('  ', dim('Answer body bytes:  '), policy.maxResponseBodyBytes?.toString() ?? none);
    out.line('  ', dim('Hidden fields:      '), policy.responseBodyBlocklist.join(', ') || 'none');
    out.line('  ', dim('Asks before a call: '), policy.askOperator ? 'yes, each time' : 'no');
  });
}

const setCommand = command({
  words: 'capability policy set',
  summary: summaries['policies.set'],
  options: {
    ...capabilityOption,
    'rate-limit-per-minute': number('N', 'Calls per minute and token; 0 refuses every call.', { max: 4_294_967_295 }),
    'max-request-body-bytes': number('N', 'The largest request body.'),
    'max-response-body-bytes': number('N', 'The largest answer body.'),
    'response-block': list('PATH', 'A JSON path ($.a.b, * for any) whose value is replaced by [REDACTED].'),
    ask: flag('Each call waits until you have allowed it: aivault approvals.'),
    'no-ask': flag('Calls ask nobody.'),
    ...passphraseOptions,
  },
  async run(values, session) {
    const rate = values['rate-limit-per-minute'];
    const request = values['max-request-body-bytes'];
    const response = values['max-response-body-bytes'];
    const block = values['response-block'];
    if (values.ask && values['no-ask']) throw invalid('Give only one of --ask and --no-ask.');
    const wanted = {
      capability: values.capability,
      ...(rate === undefined ? {} : { rateLimitPerMinute: rate }),
      ...(request === undefined ? {} : { maxRequestBodyBytes: request }),
      ...(response === undefined ? {} : { maxResponseBodyBytes: response }),
      ...(block.length === 0 ? {} : { responseBodyBlocklist: block.filter((path) => path.trim() !== '') }),
      ...(values.ask || values['no-ask'] ? { askOperator: values.ask } : {}),
    };
    printPolicy(session.out, await session.ask('policies.set', wanted, presenceFrom(session, values)));
    return 0;
  },
});

const showCommand = command({
  words: 'capability policy show',
  summary: summaries['policies.show'],
  options: capabilityOption,
  async run(values, session) {
    printPolicy(session.out, await session.ask('policies.show', { capability: values.capability }));
    return 0;
  },
});

const clearCommand = command({
  words: 'capability policy clear',
  summary: summaries['policies.clear'],
  options: { ...capabilityOption, ...passphraseOptions },
  async run(values, session) {
    const { capability } = values;
    printPolicy(session.out, await session.ask('policies.clear', { capability }, presenceFrom(session, values)));
    return 0;
  },
});

const consumerOption = { consumer: text('NAME', 'Only for this consumer.') } as const;
const keyOf = (values: { readonly consumer: string | undefined }) =>
  values.consumer === undefined ? {} : { consumer: values.consumer };

function printBinding(out: Output, binding: Binding): void {
  out.line(`${binding.capability} -> ${binding.secretRef}`);
  out.line('  ', dim('Scope:    '), scopeText(binding.scope));
  if (binding.consumer !== null) out.line('  ', dim('Consumer: '), binding.consumer);
}

const bindCommand = command({
  words: 'capability bind',
  summary: summaries['bindings.set'],
  options: {
    ...capabilityOption,
    ...secretReferenceOptions,
    ...scopeOptions,
    ...consumerOption,
  },
  async run(values, session) {
    const scope = readScope(values);
    const binding = await session.ask('bindings.set', {
      capability: values.capability,
      secretRef: await readSecretRef(session, values, readContext(values)),
      scope,
      ...keyOf(values),
    });
    session.out.answer(binding, () => printBinding(session.out, binding));
    return 0;
  },
});

const unbindCommand = command({
  words: 'capability unbind',
  summary: summaries['bindings.remove'],
  options: { ...capabilityOption, ...scopeOptions, ...consumerOption },
  async run(values, session) {
    const key = { capability: values.capability, scope: readScope(values), ...keyOf(values) };
    const answer = await session.ask('bindings.remove', key);
    session.out.answer(answer, () =>
      session.out.line(answer.removed ? 'Binding removed.' : 'There was no such binding.'),
    );
    return 0;
  },
});

const bindingsCommand = command({
  words: 'capability bindings',
  summary: summaries['bindings.list'],
  options: {
    capability: text('ID', 'Only this capability.', { complete: 'capability' }),
    scope: text('SCOPE', 'Only this scope: global, workspace or group.', { choices: scopeNames }),
    ...contextOptions,
    ...consumerOption,
  },
  async run(values, session) {
    const scope = values.scope as (typeof scopeNames)[number] | undefined;
    const { bindings } = await session.ask('bindings.list', {
      ...(values.capability === undefined ? {} : { capability: values.capability }),
      ...(scope === undefined ? {} : { scope }),
      ...readContext(values),
      ...keyOf(values),
    });
    session.out.answer(bindings, () => {
      if (bindings.length === 0) session.out.line('No bindings found.');
      for (const binding of bindings) printBinding(session.out, binding);
    });
    return 0;
  },
});

export const policyCommands: readonly Command[] = [
  setCommand,
  showCommand,
  clearCommand,
  bindCommand,
  unbindCommand,
  bindingsCommand,
];
