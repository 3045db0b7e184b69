/**
 * Whether a text is some provider's key by its look: a prefix that only keys have, and a long run of letters and digits.
 * A name is shown in lists and written to the log, so a key pasted in its place has to be refused. Says no in doubt.
 */
export function looksLikeKey(text: string): boolean {
  return /^(?:[srp]k[-_]|gh[opusr]_|github_pat_|glpat-|xox[abeoprs]-|hf_|avp_|AIza|AKIA|SG\.|eyJ)(?=.*\d)(?=.*[A-Za-z0-9]{16})[\w.-]+$/.test(
    text.trim(),
  );
}
