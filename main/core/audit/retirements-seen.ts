type Facts = Readonly<Record<string, unknown>>;

/**
 * The retirements a chain tells of, gathered while it is walked. Each is announced in the same transaction that moves the
 * chain's beginning, so the newest one says where it must begin: an older base was put back.
 */
export class RetirementsSeen {
  readonly #announced = new Set<unknown>();
  #newest: unknown = null;

  see(facts: Facts): void {
    if (facts.kind === 'audit.retire' && facts.throughSeq !== undefined && facts.outcome === 'allowed') {
      this.#announced.add(facts.throughSeq);
      this.#newest = facts.throughSeq;
    }
    // Entries of a backup may stand under other numbers here: what they announced was of the log they come from.
    if (facts.kind === 'backup.restore') this.#newest = null;
  }

  agreeWith(base: { readonly seq: number } | null): boolean {
    if (base === null) return this.#newest === null;
    return this.#announced.has(base.seq) && (this.#newest === null || this.#newest === base.seq);
  }
}
