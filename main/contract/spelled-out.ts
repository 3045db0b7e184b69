/** A character as `\u202e`; two of them for one beyond the first plane. What could steer a screen is shown like this. */
export function spelledOut(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('');
}
