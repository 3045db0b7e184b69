import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { AivaultError } from '#contract/errors.ts';
import { bold, dim, type Output } from './output.ts';

// Setting a machine up, as a list of steps that can be shown before they are done.

const execute = promisify(execFile);

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export type Step =
  | {
      readonly kind: 'run';
      readonly command: readonly [string, ...string[]];
      /** It undoes what an earlier time has done, and fails where there is nothing to undo. */
      readonly mayFail?: true;
    }
  | {
      readonly kind: 'write';
      readonly path: string;
      readonly mode: number;
      /** What a file in its place says if it was written by us; any other is left alone. Null: whatever is there is replaced. */
      readonly mark: string | null;
      /** Who the file belongs to; asked when the step runs, because an earlier step may have made the group. */
      readonly owner: (() => Promise<Owner>) | null;
      /** What stands in it, made when the step runs; `shown` is what a dry run prints in its place. */
      readonly content: () => Promise<string>;
      readonly shown: string;
    };

export interface Plan {
  readonly steps: readonly Step[];
  /** What is so afterwards. */
  readonly facts: readonly string[];
  readonly next: readonly string[];
}

const plainWord = /^[A-Za-z0-9@%+=:,./_-]+$/;

/** A command as a shell would take it. */
function commandText(words: readonly string[]): string {
  return words.map((word) => (plainWord.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

function printStep(out: Output, step: Step): void {
  if (step.kind === 'run') {
    out.line(`$ ${commandText(step.command)}${step.mayFail ? ' || true' : ''}`);
    return;
  }
  out.line(`# write ${step.path}, mode ${step.mode.toString(8).padStart(4, '0')}`);
  for (const line of step.shown.trimEnd().split('\n')) out.line(dim(`  ${line}`));
}

async function runStep(step: Step): Promise<void> {
  if (step.kind === 'write') {
    return writeWhole(step).catch((cause: unknown) => {
      if (cause instanceof AivaultError) throw cause;
      throw new AivaultError('storage_unavailable', `The file ${step.path} cannot be written.`, { cause });
    });
  }
  const [program, ...words] = step.command;
  await execute(program, words).catch((cause: { code?: unknown; stderr?: string }) => {
    if (step.mayFail) return;
    throw new AivaultError('internal', `${path.basename(program)} ended with ${String(cause.code ?? 'an error')}.`, {
      hint: cause.stderr?.trim().split('\n').at(-1) || `Run it by hand: ${commandText(step.command)}`,
    });
  });
}

/** Throws `already_exists` where a file stands in the way that we have not written. */
async function leaveOthersAlone(step: Step): Promise<void> {
  if (step.kind !== 'write' || step.mark === null) return;
  const found = await readFile(step.path, 'utf8').catch((cause: NodeJS.ErrnoException) =>
    cause.code === 'ENOENT' ? step.mark! : '',
  );
  if (found.includes(step.mark)) return;
  throw new AivaultError('already_exists', `${step.path} was not written by aivault; nothing was changed.`, {
    hint: 'Move it away and run this again; --dry-run shows what would stand there.',
  });
}

/** The file appears whole, with its owner and mode, or not at all; a link in its place is replaced, not followed. */
async function writeWhole(step: Step & { kind: 'write' }): Promise<void> {
  const content = await step.content();
  const draft = path.join(path.dirname(step.path), `.${path.basename(step.path)}.${randomBytes(6).toString('hex')}`);
  const file = await open(draft, 'wx', 0o600);
  try {
    if (step.owner !== null) {
      const { uid, gid } = await step.owner();
      await file.chown(uid, gid);
    }
    await file.chmod(step.mode);
    await file.writeFile(content);
    await file.sync();
    await rename(draft, step.path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** Shows the plan, and unless it is a dry run does it, step by step. Nothing is begun where a file is somebody else's. */
export async function carryOut(out: Output, plan: Plan, isDryRun: boolean): Promise<void> {
  if (!isDryRun) for (const step of plan.steps) await leaveOthersAlone(step);
  for (const step of plan.steps) {
    printStep(out, step);
    if (!isDryRun) await runStep(step);
  }
  const described = plan.steps.map((step) =>
    step.kind === 'run' ? { run: step.command } : { write: step.path, mode: step.mode },
  );
  out.answer({ dryRun: isDryRun, steps: described, facts: plan.facts, next: plan.next }, () => {
    out.line();
    for (const fact of plan.facts) out.line(isDryRun ? `would be so: ${fact}` : fact);
    out.line(bold('Next'));
    for (const [index, line] of plan.next.entries()) out.line(`  ${index + 1}. ${line}`);
  });
}
