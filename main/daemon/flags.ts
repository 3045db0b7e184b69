import { parseArgs } from 'node:util';
import { AivaultError } from '#contract/errors.ts';

export interface DaemonFlags {
  /** Where the control socket is made, instead of in the vault's run folder. */
  readonly socket: string | undefined;
  /** Also serve agents of other users over the group socket. */
  readonly shared: boolean;
  /** Serve one client over the standard streams: no socket, no port. */
  readonly stdio: boolean;
  /** Started by a client that does not wait: keep no parent process around. */
  readonly background: boolean;
  /** Started by a client: tell it over descriptor 3 how the start went. */
  readonly report: boolean;
  readonly version: boolean;
  readonly help: boolean;
}

export const usage = `aivaultd: keeps one vault open and serves it on this machine.

Usage: aivaultd [options]

  --socket PATH   make the control socket at PATH
  --shared        also serve agents of other users of the group aivault
  --stdio         serve one client over standard input and output, then end
  --version       print the version
  --help          print this

AIVAULT_DIR     keep everything in this folder
AIVAULT_PORT    the port of the endpoint on 127.0.0.1
Stop it with \`aivault shutdown\`, SIGTERM or Ctrl-C: running calls finish first.
`;

/** Throws `invalid_request` for what is not a flag. */
export function readFlags(args: readonly string[]): DaemonFlags {
  try {
    const { values } = parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        socket: { type: 'string' },
        shared: { type: 'boolean', default: false },
        stdio: { type: 'boolean', default: false },
        background: { type: 'boolean', default: false },
        report: { type: 'boolean', default: false },
        version: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return { ...values, socket: values.socket };
  } catch (cause) {
    throw new AivaultError('invalid_request', 'That is not an option of aivaultd.', {
      hint: 'See `aivaultd --help`.',
      cause,
    });
  }
}
