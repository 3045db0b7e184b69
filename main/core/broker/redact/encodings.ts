// Every way an upstream is known to repeat bytes it was given. Pure: bytes in, text out, one character per byte. Runs
// once per request, so it is in two parts: what may stand anywhere, and what only exists where an escape does.

/**
 * The encodings of `value` without an escape, itself first. Base64 is given as the part that does not depend on
 * neighbouring bytes, once per alignment (RFC 4648 §4, §5). There may be duplicates.
 */
export function plainForms(value: Uint8Array): string[] {
  if (value.length === 0) return [];
  // Two bytes of room in front: the same memory read from 2, 1 and 0 is the value at each of the three alignments.
  const room = Buffer.allocUnsafe(value.length + 2);
  room.fill(0, 0, 2).set(value, 2);
  const raw = room.toString('latin1', 2);
  const forms = [raw, ...hexForms(room)];
  for (const text of base64Forms(room)) {
    forms.push(text);
    if (/[+/]/.test(text)) forms.push(text.replaceAll('+', '-').replaceAll('/', '_'));
  }
  // What a form encoder starts with: without it a value cut before its first escape would not be waited for.
  if (raw.includes(' ')) forms.push(raw.replaceAll(' ', '+'));
  if (/[^\x00-\x7f]/.test(raw)) forms.push(...latin1Form(room.subarray(2)));
  room.fill(0);
  return forms;
}

/** Whether any of `escapedForms` could stand here: each of them holds one of these bytes; UTF-16 holds zeros. */
export function hasEscape(data: Uint8Array): boolean {
  return data.includes(0x25) || data.includes(0x5c) || data.includes(0x26) || data.includes(0);
}

/**
 * The encodings that hold `%`, `\`, `&` or a zero. Up to its first escape each of them reads like one of `plainForms`. There
 * may be duplicates, and forms where nothing had to be escaped.
 */
export function escapedForms(value: Uint8Array): string[] {
  if (value.length === 0) return [];
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
  const raw = bytes.toString('latin1');
  const room = Buffer.concat([Buffer.alloc(2), bytes]);
  const base64 = base64Forms(room).filter((text) => /[+/=]/.test(text));
  room.fill(0);
  const untouched = /^[A-Za-z0-9\-._~]+$/.test(raw);
  return [
    ...base64.flatMap((text) => [
      text.replaceAll('/', '\\/'),
      text.replaceAll('+', '%2B').replaceAll('/', '%2F').replaceAll('=', '%3D'),
      text.replaceAll('+', '%2b').replaceAll('/', '%2f').replaceAll('=', '%3d'),
    ]),
    ...percentAll(bytes.toString('hex')),
    ...wideForms(bytes),
    ...(untouched ? unicodeForms(raw) : [...percentForms(raw), ...textForms(bytes)]),
  ];
}

function hexForms(room: Buffer): [string, string] {
  const hex = room.toString('hex', 2);
  return [hex, hex.toUpperCase()];
}

/** The stable inner part for each of the three alignments, and the whole with and without its padding. */
function base64Forms(room: Buffer): string[] {
  const length = room.length - 2;
  const forms: string[] = [];
  for (let offset = 0; offset < 3; offset += 1) {
    const text = room.toString('base64', 2 - offset);
    if (offset === 0) {
      forms.push(text);
      if (length % 3 === 0) continue;
      forms.push(text.slice(0, text.indexOf('=')));
    }
    forms.push(text.slice(Math.ceil((8 * offset) / 6), Math.floor((8 * (offset + length)) / 6)));
  }
  return forms;
}

/** UTF-16 in both byte orders (RFC 2781). */
function wideForms(bytes: Buffer): string[] {
  const wide = Buffer.from(utf8(bytes) ?? '', 'utf16le');
  return [wide.toString('latin1'), wide.swap16().toString('latin1')];
}

/** Every byte as `%xx`, in both cases. */
function percentAll(hex: string): string[] {
  const text = hex.replaceAll(/../g, '%$&');
  return [text, text.toUpperCase()];
}

/** What common encoders leave alone: RFC 3986 unreserved, encodeURIComponent, path segments, HTML forms. */
const keepSets = ['-._~', "-._~!'()*", "-._~!$&'()*+,;=:@", '-._*'].map(
  (marks) => new Set(`ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789${marks}`),
);

function percentForms(raw: string): string[] {
  return keepSets.flatMap((keep) => {
    let upper = '';
    let lower = '';
    for (const char of raw) {
      const digits = char.charCodeAt(0).toString(16).padStart(2, '0');
      upper += keep.has(char) ? char : `%${digits.toUpperCase()}`;
      lower += keep.has(char) ? char : `%${digits}`;
    }
    // Encoded twice: an address quoted inside another address.
    const twice = [upper, lower].map((text) => text.replaceAll('%', '%25'));
    return [upper, lower, upper.replaceAll('%20', '+'), lower.replaceAll('%20', '+'), ...twice];
  });
}

/** Escapes that only exist for text: JSON as different languages write it (also nested once), and HTML. */
function textForms(bytes: Buffer): string[] {
  const text = utf8(bytes);
  if (text === null) return [];
  const plain = jsonInner(text);
  const slashed = plain.replaceAll('/', '\\/');
  const variants = [plain, slashed, asciiOnly(plain), asciiOnly(slashed), htmlSafe(plain), htmlSafe(asciiOnly(plain))];
  return [
    ...variants,
    ...variants.map((form) => form.replaceAll(/\\u[0-9a-f]{4}/g, (found) => `\\u${found.slice(2).toUpperCase()}`)),
    ...variants.map(jsonInner),
    ...unicodeForms(text),
    html(text, '&#39;'),
    html(text, '&#x27;'),
  ].map((form) => Buffer.from(form, 'utf8').toString('latin1'));
}

const jsonInner = (text: string) => JSON.stringify(text).slice(1, -1);
const asciiOnly = (text: string) => text.replaceAll(/[^\x00-\x7e]/g, (units) => unicodeAll(units, false));
const htmlSafe = (text: string) => text.replaceAll(/[<>&'\u2028\u2029]/g, (unit) => unicodeAll(unit, false));

/** All escaped, in both cases, and once more inside another JSON string. */
const unicodeForms = (text: string) =>
  [unicodeAll(text, false), unicodeAll(text, true)].flatMap((form) => [form, form.replaceAll('\\', '\\\\')]);

/** Every UTF-16 unit as `\uXXXX` (RFC 8259 §7). */
function unicodeAll(text: string, upperCase: boolean): string {
  let out = '';
  for (let at = 0; at < text.length; at += 1) {
    const digits = text.charCodeAt(at).toString(16).padStart(4, '0');
    out += `\\u${upperCase ? digits.toUpperCase() : digits}`;
  }
  return out;
}

function html(text: string, apostrophe: string): string {
  const named = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": apostrophe } as Record<string, string>;
  return text.replaceAll(/[&<>"']/g, (char) => named[char]!);
}

/** Header values and old pages carry é as one byte. */
function latin1Form(bytes: Uint8Array): string[] {
  const text = utf8(bytes);
  return text !== null && /^[\x00-\xff]*$/.test(text) ? [text] : [];
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
