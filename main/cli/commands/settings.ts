import { AivaultError } from '#contract/errors.ts';
import type { Settings } from '#contract/schemas/host.ts';
import { type Command, command, number, text } from '../command.ts';
import { countText } from '../count-text.ts';
import { dim, type Output } from '../output.ts';
import { passphraseOptions, presenceFrom } from '../secret-input.ts';
import { summaries } from '../summaries.ts';

function printSettings(out: Output, settings: Settings): void {
  out.answer(settings, () => {
    const fact = (label: string, value: string) => out.line('  ', dim(label.padEnd(18)), value);
    fact(
      'Idle lock:',
      settings.idleLockMinutes === null ? 'never' : `after ${countText(settings.idleLockMinutes, 'minute')}`,
    );
    fact('Endpoint port:', settings.endpointPort === null ? 'as usual' : String(settings.endpointPort));
    const paced = settings.pathRequestsPerMinute;
    fact('Path requests:', paced === null ? 'any number' : `${paced} a minute for each personal token`);
    fact('Upstream proxy:', settings.upstreamProxy);
    fact('Audit entries:', settings.auditKeepDays === null ? 'kept for ever' : `kept ${settings.auditKeepDays} days`);
    fact('Launch at login:', settings.launchAtLogin ? 'yes' : 'no');
    if (settings.idleLockMinutes !== null) return;
    out.line(dim('  Once unlocked it stays so until `aivault lock` or the end of the host.'));
    out.line(dim('  To have it lock itself: aivault settings set --idle-lock-minutes 15'));
  });
}

const settingsShow = command({
  words: 'settings show',
  aliases: ['settings'],
  summary: summaries['settings.show'],
  async run(_values, session) {
    printSettings(session.out, await session.ask('settings.show', {}));
    return 0;
  },
});

const settingsSet = command({
  words: 'settings set',
  summary: summaries['settings.set'],
  options: {
    'idle-lock-minutes': number('N', 'Lock after so many minutes without a call; 0 means never.', { max: 24 * 60 }),
    'endpoint-port': number('PORT', 'The port of the local endpoint from the next start on; 0 means the usual one.', {
      max: 65_535,
    }),
    'path-requests-per-minute': number(
      'N',
      'How often each personal token may ask for path secrets; 0 means any number.',
      { max: 100_000 },
    ),
    'upstream-proxy': text('PROXY', 'What calls go through: http://host:port, none, or environment (HTTPS_PROXY).'),
    'audit-keep-days': number('N', 'Retire audit entries older than so many days, 7 at least; 0 means never.', {
      max: 36_500,
    }),
    ...passphraseOptions,
  },
  async run(values, session) {
    const idle = values['idle-lock-minutes'];
    const port = values['endpoint-port'];
    const paced = values['path-requests-per-minute'];
    const upstreamProxy = values['upstream-proxy'];
    const changed = {
      ...(idle === undefined ? {} : { idleLockMinutes: idle === 0 ? null : idle }),
      ...(port === undefined ? {} : { endpointPort: port === 0 ? null : port }),
      ...(paced === undefined ? {} : { pathRequestsPerMinute: paced === 0 ? null : paced }),
    };
    const keepDays = values['audit-keep-days'];
    const presence = presenceFrom(session, values);
    // First, because presence may be refused: then nothing has changed.
    let proven: Settings | undefined;
    if (keepDays !== undefined) {
      const auditKeepDays = keepDays === 0 ? null : keepDays;
      proven = await session.ask('settings.setAuditKeepDays', { auditKeepDays }, presence);
    }
    if (upstreamProxy !== undefined) proven = await session.ask('settings.setProxy', { upstreamProxy }, presence);
    const unchanged = Object.keys(changed).length === 0;
    if (unchanged && proven === undefined) {
      throw new AivaultError('invalid_request', 'Nothing was given to change.', {
        hint: 'See `aivault settings set --help` for what there is.',
      });
    }
    printSettings(session.out, proven !== undefined && unchanged ? proven : await session.ask('settings.set', changed));
    return 0;
  },
});

export const settingsCommands: readonly Command[] = [settingsShow, settingsSet];
