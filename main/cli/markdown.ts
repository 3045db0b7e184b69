import type { Json } from './lossless-json.ts';

// JSON as Markdown that a language model reads well. A pure function; nothing of the input is dropped unless asked for.

export interface MarkdownOptions {
  /** Wraps the whole in `<begin NAME>` … `</end NAME>`. */
  readonly namespace?: string | undefined;
  /** Keys left out, at every depth. */
  readonly exclude: ReadonlySet<string>;
  /** Keys whose text is wrapped in `<begin key>` … `</end key>`. */
  readonly wrap: ReadonlySet<string>;
}

const nothing = 'None';
const wrapped = (name: string, content: string) => `<begin ${name}>\n${content}\n</end ${name}>`;
const isNested = (value: Json) => value.kind === 'object' || value.kind === 'array';

/** Integers digit for digit; fractions in their shortest form, as long as a double holds them exactly enough. */
function numberText(text: string): string {
  if (/^-?\d+$/.test(text)) return text;
  const value = Number(text);
  const digits = text
    .replace(/[eE].*$/, '')
    .replace(/\D/g, '')
    .replace(/^0+|0+$/g, '').length;
  if (!Number.isFinite(value) || digits > 15) return text;
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? value.toFixed(1) : String(value);
}

function leaf(value: Json, key: string | null, options: MarkdownOptions): string {
  switch (value.kind) {
    case 'boolean':
      return String(value.value);
    case 'number':
      return numberText(value.text);
    case 'string':
      if (value.text.trim() === '') return nothing;
      return key !== null && options.wrap.has(key) ? wrapped(key, value.text) : value.text;
    default:
      return nothing;
  }
}

function arrayText(items: readonly Json[], key: string | null, options: MarkdownOptions): string {
  if (items.length === 0) return nothing;
  if (items.every((item) => item.kind === 'object')) {
    return items.map((item) => render(item, null, options)).join('\n\n');
  }
  if (!items.some(isNested)) return items.map((item) => `  - ${leaf(item, null, options)}`).join('\n');
  // A mixed array: every element stands, in order, inside one wrapper.
  return wrapped(key ?? 'items', items.map((item) => render(item, null, options)).join('\n\n'));
}

const title = (key: string) =>
  key
    .split(/[_-]/)
    .filter((word) => word !== '')
    .map((word) => word[0]!.replace(/[a-z]/, (letter) => letter.toUpperCase()) + word.slice(1))
    .join(' ');

function wantsWrapper(value: Json): boolean {
  if (value.kind === 'object') return true;
  return value.kind === 'array' && value.items.length > 0 && value.items.every((item) => item.kind === 'object');
}

function objectText(value: Json & { kind: 'object' }, options: MarkdownOptions): string {
  const kept = value.entries.filter(([key]) => !options.exclude.has(key));
  const ordered = kept.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  if (ordered.length === 0) return nothing;
  return ordered
    .map(([key, , item]) => {
      const content = render(item, key, options);
      return `# ${title(key)}\n\n${wantsWrapper(item) ? wrapped(key, content) : content}`;
    })
    .join('\n\n')
    .trimEnd();
}

function render(value: Json, key: string | null, options: MarkdownOptions): string {
  if (value.kind === 'array') return arrayText(value.items, key, options);
  if (value.kind === 'object') return objectText(value, options);
  return leaf(value, key, options);
}

/** Renders a parsed body. Null and an object with every key left out are empty. */
export function toMarkdown(value: Json, options: MarkdownOptions): string {
  const leftOut =
    value.kind === 'object' && value.entries.length > 0 && value.entries.every(([key]) => options.exclude.has(key));
  const content = value.kind === 'null' || leftOut ? '' : render(value, null, options);
  const namespace = options.namespace?.trim() ?? '';
  return namespace === '' || content === '' ? content : `${wrapped(namespace, content)}\n`;
}
