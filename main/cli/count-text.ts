/** `1 secret`, `2 secrets`, `3 capabilities`. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
