/** Whoever ends when its caller goes away. */
export interface Dependent {
  callerLeft(): void;
}

/** One listener per connection, and a place in its list per request: mostly there is one. */
const dependents = new WeakMap<AbortSignal, Dependent[]>();

/** How many depend on this caller. */
export function dependingOn(caller: AbortSignal): number {
  return dependents.get(caller)?.length ?? 0;
}

/**
 * Tells `who` when `caller` aborts; at once where it has. A listener of its own per request would cost more than the rest
 * of opening one.
 */
export function dependOn(caller: AbortSignal, who: Dependent): void {
  if (caller.aborted) {
    who.callerLeft();
    return;
  }
  const known = dependents.get(caller);
  if (known !== undefined) {
    known.push(who);
    return;
  }
  const all = [who];
  dependents.set(caller, all);
  caller.addEventListener('abort', () => {
    for (const each of all.splice(0)) each.callerLeft();
  });
}

/** Takes it back. Nothing where it is not so. */
export function dependNoMoreOn(caller: AbortSignal, who: Dependent): void {
  const all = dependents.get(caller);
  const at = all?.indexOf(who) ?? -1;
  if (at >= 0) all!.splice(at, 1);
}
