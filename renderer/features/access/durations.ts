const hour = 60 * 60 * 1000;

/** How long a token may live; the host refuses more than 30 days for proxy tokens. */
export const proxyDurations: readonly { readonly text: string; readonly ms: number }[] = [
  { text: '10 minutes', ms: hour / 6 },
  { text: '1 hour', ms: hour },
  { text: '8 hours', ms: 8 * hour },
  { text: '1 day', ms: 24 * hour },
  { text: '7 days', ms: 7 * 24 * hour },
  { text: '30 days', ms: 30 * 24 * hour },
];

export const personalDurations: readonly { readonly text: string; readonly ms: number }[] = [
  { text: '1 day', ms: 24 * hour },
  { text: '30 days', ms: 30 * 24 * hour },
  { text: '90 days', ms: 90 * 24 * hour },
  { text: '1 year', ms: 365 * 24 * hour },
];
