interface Opener {
  readonly id: string;
  readonly provider: string;
  /** Ids of the capabilities it opens; null: every one of its provider's that needs no alternative. */
  readonly opens: ReadonlySet<string> | null;
}
interface Opened {
  readonly id: string;
  readonly provider: string;
  /** The one credential it is tied to, or null. */
  readonly credential: string | null;
  /** The alternative of the provider that alone opens it, or null. */
  readonly alternative: string | null;
}

/**
 * Whether a credential may serve a capability at all. A capability that the operator tied to one credential is opened by
 * that one, whichever of the provider's alternatives it is of, and by no other. One answer for the catalog, which says
 * what is ready, and the broker, which chooses.
 */
export function opens(credential: Opener, capability: Opened): boolean {
  if (credential.provider !== capability.provider) return false;
  if (capability.credential !== null) return capability.credential === credential.id;
  if (credential.opens !== null) return credential.opens.has(capability.id);
  return capability.alternative === null;
}
