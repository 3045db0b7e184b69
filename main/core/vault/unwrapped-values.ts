import type { SecretRow } from './secret-row.ts';
import type { UnwrappedValue } from './secret-value.ts';

/** The values that calls have used, unwrapped: half the price of a reveal is paid once per value while the vault is open. */
export class UnwrappedValues {
  readonly #kept = new Map<string, { readonly row: SecretRow; readonly value: UnwrappedValue }>();

  /** The one of this row; of another state of its secret, none: that one is forgotten and `unwrap` makes a new one. */
  of(row: SecretRow, unwrap: () => UnwrappedValue): UnwrappedValue {
    const known = this.#kept.get(row.secretId);
    if (known?.row === row) return known.value;
    this.forget(row.secretId);
    const value = unwrap();
    this.#kept.set(row.secretId, { row, value });
    return value;
  }

  forget(secretId: string): void {
    this.#kept.get(secretId)?.value.forget();
    this.#kept.delete(secretId);
  }

  forgetAll(): void {
    for (const { value } of this.#kept.values()) value.forget();
    this.#kept.clear();
  }
}
