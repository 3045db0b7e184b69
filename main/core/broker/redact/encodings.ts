// Every way an upstream is known to repeat bytes it was given. Pure: bytes in, bytes out. Runs once per request, so
// the usual key, letters and digits that no encoder touches, takes the short way.

/**
 * All encodings of `value` that redaction looks for, `value` itself first; there may be duplicates. Base64 is given
 * as the part that does not depend on neighbouring bytes, once per alignment (RFC 4648 §4, §5).
 */
export function encodingsOf(value: Uint8Array): string[] {
  if (value.length === 0) return [];
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
  const raw = bytes.toString('latin1');
  const hex = bytes.toString('hex');
  const untouched = /^[A-Za-z0-9\-._~]+$/.test(raw);
  return [
    raw,
    ...base64Forms(bytes),
    hex,
    hex.toUpperCase(),
    ...percentAll(hex),
    ...(untouched ? unicodeForms(raw) : [...percentForms(raw), ...textForms(bytes)]),
  ];
}

/** The stable inner part for each of the three alignments and the whole, in both alphabets and as text carries it. */
function base64Forms(bytes: Buffer): string[] {
  const forms: string[] = [];
  for (let offset = 0; offset < 3; offset += 1) {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]);
    const text = shifted.toString('base64');
    shifted.fill(0);
    if (offset === 0) forms.push(text, text.replace(/=+$/, ''));
    forms.push(text.slice(Math.ceil((8 * offset) / 6), Math.floor((8 * (offset + bytes.length)) / 6)));
  }
  return forms.flatMap((text) =>
    /[+/=]/.test(text)
      ? [
          text,
          text.replaceAll('+', '-').replaceAll('/', '_'),
          text.replaceAll('/', '\\/'),
          text.replaceAll('+', '%2B').replaceAll('/', '%2F').replaceAll('=', '%3D'),
          text.replaceAll('+', '%2b').replaceAll('/', '%2f').replaceAll('=', '%3d'),
        ]
      : [text],
  );
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
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return [];
  }
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
  ]
    .map((form) => Buffer.from(form, 'utf8').toString('latin1'))
    .concat(asLatin1(text));
}

/** Header values and old pages carry é as one byte. The text of a `latin1` string is its bytes. */
const asLatin1 = (text: string) => (/^[\x00-\xff]*$/.test(text) ? [text] : []);

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
