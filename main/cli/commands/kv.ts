import type { Command } from '../command.ts';
import { getCommand, listCommand, versionsCommand } from './kv-read.ts';
import { runCommand } from './kv-run.ts';
import { deleteCommand, generateCommand, putCommand, restoreCommand, rotateCommand } from './kv-write.ts';

// Path secrets on the command line. Unlike broker secrets their values can be read: applications need them.

export const kvCommands: readonly Command[] = [
  putCommand,
  getCommand,
  listCommand,
  versionsCommand,
  generateCommand,
  rotateCommand,
  deleteCommand,
  restoreCommand,
  runCommand,
];
