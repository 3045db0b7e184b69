// Most calls wait for nothing on their way to the upstream, and a promise per step costs more than the step. What may have
// to wait is a value or a promise of one; these two go on with either.

export type MaybeLater<T> = T | Promise<T>;

/** Goes on with `value`: at once where it is there, else when it comes. What `next` throws is thrown, or rejects. */
export function after<T, R>(value: MaybeLater<T>, next: (value: T) => MaybeLater<R>): MaybeLater<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** `finally` for either: `end` runs once, when `work` has returned or thrown, or its promise has settled. */
export function lastly<T>(work: () => MaybeLater<T>, end: () => void): MaybeLater<T> {
  let result: MaybeLater<T>;
  try {
    result = work();
  } catch (error) {
    end();
    throw error;
  }
  if (result instanceof Promise) return result.finally(end);
  end();
  return result;
}
