import { open, seal } from '../crypto/aead.ts';
import { encodeFields, fromUtf8, utf8, wipe } from '../crypto/bytes.ts';
import { deriveSubkey } from '../crypto/hkdf.ts';

/** Where a row belongs. It does not open anywhere else, nor as any other revision of itself. */
export interface RowPlace {
  readonly vaultId: string;
  readonly table: string;
  readonly id: string;
  readonly revision: number;
}

/** The key rows are sealed under; the caller wipes it. */
export function rowKeyOf(vaultKey: Uint8Array): Uint8Array {
  return deriveSubkey(vaultKey, 'rows');
}

/** The row as the store gets it, bound to its place. */
export function sealRow(rowKey: Uint8Array, json: string, place: RowPlace): Uint8Array {
  const plain = utf8(json);
  const sealed = seal(rowKey, plain, aadOf(place));
  wipe(plain);
  return sealed;
}

/** The row's JSON, not yet checked against a schema. Throws `integrity_error`. */
export function openRow(rowKey: Uint8Array, sealed: Uint8Array, place: RowPlace): unknown {
  const plain = open(rowKey, sealed, aadOf(place));
  try {
    return JSON.parse(fromUtf8(plain));
  } finally {
    wipe(plain);
  }
}

function aadOf({ vaultId, table, id, revision }: RowPlace): Uint8Array {
  return encodeFields('aivault row v1', vaultId, table, id, revision);
}
