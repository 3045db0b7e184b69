import { parentPort, receiveMessageOnPort } from 'node:worker_threads';
import { AuditDatabase } from './audit-database.ts';
import { packLedger, packRows } from './packed-rows.ts';
import { RowDatabase } from './row-database.ts';
import type { AuditAppend, ChainBase } from './store.ts';
import { StoreError, storeErrorFrom } from './store-error.ts';
import type { PackedClosings, Question, Reply, StoreKind } from './store-protocol.ts';

// The one thread that opens databases, so that no fsync stalls a stream. Whatever has queued up while it was busy is
// taken together: all audit writes in it share one transaction and are answered first, because calls wait for them.

type Work = (...args: never[]) => unknown;
const port = parentPort!;
const rows = new Map<number, RowDatabase>();
const audits = new Map<number, AuditDatabase>();

const auditWrites: Readonly<Record<string, (db: AuditDatabase, args: readonly unknown[]) => unknown>> = {
  append: (db, args) => db.append(args[0] as AuditAppend),
  closeAll: (db, args) => db.closeAll(args[0] as PackedClosings),
  forgetCalls: (db, args) => db.forgetCalls(args[0] as string[]),
  retire: (db, args) => db.retire(args[0] as ChainBase, args[1] as AuditAppend),
  writeCheckpoint: (db, args) => db.writeCheckpoint(args[0] as number, args[1] as Uint8Array),
};
/** Reads, and what is a transaction of its own. */
const auditOthers = new Set([
  'leftOpen',
  'query',
  'scan',
  'head',
  'readCheckpoints',
  'closedCalls',
  'closeAgain',
  'readBase',
  'removeRetired',
  'beginBehind',
]);
const rowOperations = new Set(['readMeta', 'commit', 'changesSince', 'readUsage', 'writeUsage']);

port.on('message', (first: Question) => {
  const batch = [first];
  for (let more = receiveMessageOnPort(port); more !== undefined; more = receiveMessageOnPort(port)) {
    batch.push(more.message as Question);
  }
  const writes = new Map<number, Question[]>();
  const others: Question[] = [];
  for (const question of batch) {
    const db = audits.get(question.store);
    if (db === undefined || !Object.hasOwn(auditWrites, question.op)) others.push(question);
    else if (writes.has(question.store)) writes.get(question.store)!.push(question);
    else writes.set(question.store, [question]);
  }
  for (const [store, questions] of writes) port.postMessage(writeGroup(audits.get(store)!, questions));
  for (const question of others) port.postMessage([answer(question.number, () => run(question))]);
});

/** One transaction for all; where that fails, one each, so that a single bad question refuses nobody else's. */
function writeGroup(db: AuditDatabase, questions: readonly Question[]): Reply[] {
  const write = (question: Question): unknown => auditWrites[question.op]!(db, question.args);
  try {
    const replies: Reply[] = [];
    db.group(() => {
      for (const question of questions) replies.push({ number: question.number, ok: true, value: write(question) });
    });
    return replies;
  } catch (error) {
    if (questions.length === 1) return [notWritten(db, questions[0]!, error)];
    return questions.flatMap((question) => writeGroup(db, [question]));
  }
}

/** Their calls were sent: closing entries wait for a database that can be written again, unless they are what is wrong. */
function notWritten(db: AuditDatabase, { number, op, args }: Question, error: unknown): Reply {
  const { fault, message } = storeErrorFrom(error);
  if (op === 'closeAll' && fault !== 'broken') db.keep(args[0] as PackedClosings);
  return { number, ok: false, fault, message };
}

function run(question: Question): unknown {
  const { store, op, args, number } = question;
  if (op === 'openStore') return openStore(number, args[0] as StoreKind, args[1] as string);
  if (op === 'closeStore') return closeStore(store);
  const row = rows.get(store);
  if (row !== undefined && op === 'readAll') return readAll(row, number);
  if (row !== undefined && rowOperations.has(op))
    return (row[op as keyof RowDatabase] as Work).apply(row, args as never[]);
  const audit = audits.get(store);
  if (audit !== undefined && auditOthers.has(op))
    return (audit[op as keyof AuditDatabase] as Work).apply(audit, args as never[]);
  throw new StoreError('closed', 'The store is closed.');
}

/** Rows and ledger go ahead in pages; the answer is what is left of the snapshot. */
function readAll(db: RowDatabase, number: number): unknown {
  return db.readAll((all, ledger) => {
    packRows(all, (page, buffer) => port.postMessage({ number, page }, [buffer]));
    packLedger(ledger, (page) => port.postMessage({ number, page }));
  });
}

function openStore(number: number, kind: StoreKind, file: string): void {
  if (kind === 'rows') rows.set(number, new RowDatabase(file));
  else audits.set(number, new AuditDatabase(file));
}

function closeStore(store: number): void {
  const db = rows.get(store) ?? audits.get(store);
  rows.delete(store);
  audits.delete(store);
  db?.close();
}

function answer(number: number, work: () => unknown): Reply {
  try {
    return { number, ok: true, value: work() };
  } catch (error) {
    return failure(number, error);
  }
}

function failure(number: number, error: unknown): Reply {
  const { fault, message } = storeErrorFrom(error);
  return { number, ok: false, fault, message };
}
