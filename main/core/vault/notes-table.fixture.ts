import { z } from 'zod';
import type { TableSpec } from './sealed.ts';

// For tests: a small sealed table, and the same as a lazy one.

const note = z.strictObject({ text: z.string() });
export type Note = z.output<typeof note>;

export const notes: TableSpec<Note> = { name: 'notes', parse: (value) => note.parse(value) };
export const lazyNotes: TableSpec<Note> = { name: 'lazy-notes', lazy: true, parse: (value) => note.parse(value) };
