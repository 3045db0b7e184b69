import { z } from 'zod';
import { upstreamProxyFault } from '../proxy-address.ts';

/** `none`, `environment` (HTTPS_PROXY and NO_PROXY of the host's own environment), or `http://host:port`. */
export const upstreamProxy = z
  .string()
  .max(300)
  .superRefine((text, context) => {
    const fault = upstreamProxyFault(text);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  });

/** Days an audit entry is kept; null: for ever. A week at least, so that what was done can still be looked at. */
export const auditKeepDays = z.int().min(7).max(36_500).nullable();

/** What counts in an open vault only is sealed in it; the rest lies in the state folder. None is secret. */
export const settings = z.strictObject({
  /** Null: never locks by itself. */
  idleLockMinutes: z
    .int()
    .min(1)
    .max(24 * 60)
    .nullable(),
  /** Where AIVAULT_PORT says nothing; null: 19790. Takes effect at the next start. */
  endpointPort: z.int().min(1024).max(65_535).nullable(),
  /** Questions a minute each personal token may ask of the /v1 endpoint. Null: no limit. */
  pathRequestsPerMinute: z.int().min(1).max(100_000).nullable(),
  /** What connections to upstreams and token endpoints go through. */
  upstreamProxy,
  auditKeepDays,
  launchAtLogin: z.boolean(),
  appearance: z.enum(['system', 'light', 'dark']),
  /** An Electron accelerator such as `Control+Alt+V`; null for none. */
  globalShortcut: z.string().max(64).nullable(),
});
export type Settings = z.output<typeof settings>;

export const doctorCheck = z.strictObject({
  id: z.string(),
  state: z.enum(['ok', 'attention', 'broken']),
  text: z.string(),
  /** What to do, in one sentence or one command. */
  next: z.string().nullable(),
});
export type DoctorCheck = z.output<typeof doctorCheck>;
