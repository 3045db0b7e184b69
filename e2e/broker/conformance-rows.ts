// The conformance rows this program was accepted by, by section, and where each is proven: through the endpoint of a real
// host and through the CLI. A proof is a file and words of the line that names the row in it.

export type Proof = readonly [file: string, words: string] | { readonly none: string };
export interface ConformanceRow {
  readonly endpoint: Proof;
  readonly cli: Proof;
}

const endpoint = 'e2e/broker/endpoint.test.ts';
const doors = 'e2e/broker/doors.test.ts';
const authDoors = 'e2e/broker/auth-doors.test.ts';
const authKinds = 'e2e/broker/auth-kinds.test.ts';
const shared = 'e2e/host/shared.test.ts';

/** Set-up and looking back belong to operators: no route of the endpoint leads there (main/core/dispatch.test.ts, I8). */
const operator: Proof = { none: 'an operator’s question; over HTTP a token reaches none' };
const cliOnly: Proof = { none: 'about words typed at the CLI and what it prints' };
const file: Proof = { none: 'the host opens no file for a caller at all: S26' };
const patience: Proof = { none: 'whoever calls over HTTP ends the wait by hanging up: e2e/broker/host-egress.test.ts' };
const surroundings: Proof = { none: 'a caller over HTTP has no environment that the host could see' };
const passThrough: Proof = { none: 'the CLI sends envelopes only' };
const socket: Proof = { none: 'the CLI comes by a socket of its user: no Host, no Origin, no token in an address' };

export const conformance: Readonly<Record<string, Readonly<Record<string, ConformanceRow>>>> = {
  '10.1': {
    S01: { endpoint: [endpoint, "id: 'S01'"], cli: ['e2e/cli/invoke.txt', 'Paths that lead elsewhere'] },
    S02: { endpoint: [endpoint, "id: 'S02'"], cli: ['e2e/cli/invoke.txt', 'Paths that lead elsewhere'] },
    S04: { endpoint: [endpoint, "id: 'S04'"], cli: ['e2e/cli/invoke.txt', 'Paths that lead elsewhere'] },
    S05: { endpoint: [endpoint, "id: 'S05'"], cli: ['e2e/cli/invoke.txt', 'Paths that lead elsewhere'] },
    S07: { endpoint: [endpoint, "id: 'S07'"], cli: ['e2e/cli/invoke.txt', 'Paths that lead elsewhere'] },
    S08: { endpoint: [endpoint, "id: 'S08'"], cli: ['e2e/cli/invoke.txt', 'Paths that lead elsewhere'] },
    S10: { endpoint: [endpoint, "id: 'S10'"], cli: ['e2e/cli/invoke.txt', 'Paths that lead elsewhere'] },
    S11: { endpoint: [endpoint, "id: 'S11'"], cli: ['e2e/cli/invoke.txt', 'Paths that lead elsewhere'] },
    S13: { endpoint: [endpoint, "id: 'S13'"], cli: ['e2e/cli/invoke.txt', 'Paths that lead elsewhere'] },
    S14: {
      endpoint: [authKinds, 'a path cannot bring its own (S14, S16)'],
      cli: ['e2e/cli/invoke.txt', 'Path auth and query auth'],
    },
    S16: {
      endpoint: [authKinds, 'a path cannot bring its own (S14, S16)'],
      cli: ['e2e/cli/invoke.txt', 'Path auth and query auth'],
    },
    S17: { endpoint: [authKinds, '(S17)'], cli: ['e2e/cli/headers.txt', '(S17)'] },
    S19: { endpoint: operator, cli: ['e2e/cli/credential.txt', 'For a known provider'] },
    S20: {
      endpoint: ['e2e/broker/oauth-registry.test.ts', '(S20, G1)'],
      cli: ['e2e/cli/credential.txt', 'For a known provider'],
    },
    S22: {
      endpoint: [doors, 'S22 S23 a provider of two secrets'],
      cli: ['e2e/cli/two-secrets.txt', 'Deleting one of the two'],
    },
    S23: {
      endpoint: [doors, 'S22 S23 a provider of two secrets'],
      cli: ['e2e/cli/two-secrets.txt', 'Deleting one of the two'],
    },
    S25: { endpoint: [doors, 'S25 a disabled and a deleted'], cli: ['e2e/cli/capability.txt', '(S25)'] },
    S26: { endpoint: [endpoint, "id: 'S26'"], cli: ['e2e/cli/invoke.txt', '(S26, G12)'] },
    S28: { endpoint: file, cli: ['main/cli/multipart.test.ts', 'S26, S28'] },
    S29: {
      endpoint: ['e2e/broker/canary.test.ts', 'no answer of an upstream that leaks in every way'],
      cli: ['e2e/cli/invoke.txt', '(S29)'],
    },
    S31: { endpoint: [authDoors, 'A11 S31'], cli: [authDoors, 'A11 S31'] },
    S32: { endpoint: [doors, 'S32 P05'], cli: ['e2e/cli/headers.txt', '(S32)'] },
    S34: { endpoint: operator, cli: ['e2e/cli/credential.txt', 'Everything else is judged'] },
    S35: { endpoint: ['e2e/broker/host-egress.test.ts', 'S35 C7'], cli: ['e2e/broker/host-egress.test.ts', 'S35 C7'] },
    S37: { endpoint: [doors, 'S37 a token tied'], cli: [shared, 'S37 S38 by the CLI'] },
    S38: { endpoint: [endpoint, "id: 'S38'"], cli: [shared, 'S37 S38 by the CLI'] },
    S40: { endpoint: operator, cli: ['e2e/cli/token.txt', '(S40)'] },
    S41: { endpoint: [doors, 'S41 pass-through'], cli: passThrough },
    S43: { endpoint: operator, cli: ['e2e/cli/capability.txt', 'S43'] },
    S44: { endpoint: [doors, 'S44 modifying'], cli: [doors, 'S44 modifying'] },
    S46: { endpoint: [doors, 'S46 an answer'], cli: ['e2e/cli/headers.txt', '(S46, G5)'] },
    S47: { endpoint: operator, cli: ['e2e/cli/secrets.txt', '(S47, G27)'] },
    S49: { endpoint: ['e2e/broker/tampered.test.ts', 'S49 '], cli: ['e2e/cli/tampering.txt', 'An edited row'] },
    S50: { endpoint: ['e2e/broker/tampered.test.ts', 'S50 '], cli: ['e2e/cli/tampering.txt', 'An edited row'] },
    S52: { endpoint: [doors, 'S52 deleting'], cli: [doors, 'S52 deleting'] },
    S53: { endpoint: [endpoint, 'S53 refuses'], cli: socket },
  },
  '10.2': {
    H01: { endpoint: [endpoint, "id: 'H01'"], cli: ['e2e/cli/headers.txt', '(H01, H02)'] },
    H02: { endpoint: [authKinds, '(A02, H02)'], cli: ['e2e/cli/headers.txt', '(H01, H02)'] },
    H04: { endpoint: [endpoint, "id: 'H04'"], cli: ['e2e/cli/headers.txt', '(H04)'] },
    H05: { endpoint: [endpoint, "id: 'H05'"], cli: ['e2e/cli/headers.txt', '(H05, G24)'] },
    H07: { endpoint: [endpoint, "id: 'H07'"], cli: ['e2e/cli/headers.txt', '(H07)'] },
    H08: { endpoint: [doors, 'H08 look-alikes'], cli: ['e2e/cli/headers.txt', '(H08)'] },
    H10: { endpoint: [authKinds, '(H10, A22)'], cli: ['e2e/cli/headers.txt', '(H10)'] },
    H11: { endpoint: [doors, 'H11 one of several'], cli: ['e2e/cli/headers.txt', '(H11)'] },
    H13: { endpoint: [endpoint, "id: 'H13'"], cli: ['e2e/cli/headers.txt', '(H13)'] },
    H14: { endpoint: [doors, 'H14 order and repetition'], cli: ['e2e/cli/headers.txt', '(H14)'] },
    H16: { endpoint: [endpoint, "id: 'H16'"], cli: ['e2e/cli/headers.txt', '(H16, H17)'] },
    H17: { endpoint: [endpoint, "id: 'H17'"], cli: ['e2e/cli/headers.txt', '(H16, H17)'] },
  },
  '10.3': {
    E01: { endpoint: [endpoint, "id: 'E01'"], cli: ['e2e/cli/invoke.txt', 'Requests that are not well formed'] },
    E02: { endpoint: [endpoint, "id: 'E02'"], cli: ['e2e/cli/invoke.txt', 'Requests that are not well formed'] },
    E04: { endpoint: [endpoint, "id: 'E04'"], cli: ['e2e/cli/invoke.txt', 'Requests that are not well formed'] },
    E05: { endpoint: [endpoint, "id: 'E05'"], cli: ['e2e/cli/invoke.txt', 'Requests that are not well formed'] },
    E07: { endpoint: [endpoint, "id: 'E07'"], cli: ['e2e/cli/invoke.txt', 'Requests that are not well formed'] },
    E08: { endpoint: [endpoint, "id: 'E08'"], cli: ['e2e/cli/invoke.txt', 'Requests that are not well formed'] },
    E10: { endpoint: cliOnly, cli: ['e2e/cli/invoke.txt', '(E10, E11)'] },
    E11: { endpoint: cliOnly, cli: ['e2e/cli/invoke.txt', '(E10, E11)'] },
    E13: { endpoint: [doors, 'E13 a form'], cli: ['e2e/cli/invoke.txt', '(E13, E14)'] },
    E14: { endpoint: cliOnly, cli: ['e2e/cli/invoke.txt', '(E13, E14)'] },
    E16: { endpoint: [doors, 'E16 E17'], cli: ['e2e/cli/capability.txt', '(E16)'] },
    E17: { endpoint: [doors, 'E16 E17'], cli: ['e2e/cli/capability.txt', '(E17)'] },
    E19: { endpoint: [doors, 'E19 E22 O01'], cli: ['e2e/cli/invoke.txt', '(O02, E19)'] },
    E20: { endpoint: patience, cli: ['e2e/cli/invoke.txt', '(E20)'] },
    E22: { endpoint: [doors, 'E19 E22 O01'], cli: ['e2e/cli/headers.txt', '(E22, O01)'] },
    E23: { endpoint: cliOnly, cli: ['e2e/cli/invoke.txt', '(E23)'] },
  },
  '10.4': {
    A01: { endpoint: [doors, 'A01 a template'], cli: ['e2e/cli/credential.txt', 'The key arrives as each kind'] },
    A02: { endpoint: [authKinds, '(A02, H02)'], cli: ['e2e/cli/credential.txt', 'The key arrives as each kind'] },
    A04: { endpoint: operator, cli: ['e2e/cli/credential.txt', 'Everything else is judged'] },
    A05: { endpoint: [authKinds, '(A05)'], cli: ['e2e/cli/credential.txt', 'The key arrives as each kind'] },
    A07: { endpoint: [authDoors, 'A07 '], cli: [authDoors, 'A07 '] },
    A08: { endpoint: [authDoors, 'A08 '], cli: [authDoors, 'A08 '] },
    A10: { endpoint: operator, cli: ['e2e/cli/credential.txt', 'Everything else is judged'] },
    A11: { endpoint: [authDoors, 'A11 '], cli: [authDoors, 'A11 '] },
    A13: { endpoint: [authDoors, 'A13 '], cli: [authDoors, 'A13 '] },
    A14: { endpoint: [authDoors, 'A14 '], cli: [authDoors, 'A14 '] },
    A16: { endpoint: [authDoors, 'A16 '], cli: [authDoors, 'A16 '] },
    A17: { endpoint: operator, cli: ['e2e/cli/credential.txt', 'A flag of another kind'] },
    A19: { endpoint: [authDoors, 'A19 '], cli: [authDoors, 'A19 '] },
    A20: { endpoint: [authDoors, 'A20 '], cli: [authDoors, 'A20 '] },
    A22: { endpoint: [authKinds, '(A22)'], cli: ['e2e/cli/invoke.txt', 'Path auth and query auth'] },
    A23: { endpoint: operator, cli: ['e2e/cli/credential.txt', 'A flag of another kind'] },
  },
  '10.8': {
    P01: { endpoint: [doors, 'P01 the third'], cli: ['e2e/cli/capability.txt', '(P01)'] },
    P02: { endpoint: [authDoors, 'P02 a refresh'], cli: [authDoors, 'P02 a refresh'] },
    P04: { endpoint: operator, cli: ['e2e/cli/capability.txt', '(P04)'] },
    P05: { endpoint: [doors, 'S32 P05'], cli: ['e2e/cli/capability.txt', '(P05)'] },
    P07: { endpoint: [endpoint, 'P07 leaves'], cli: ['e2e/cli/audit.txt', '(P07)'] },
    P08: { endpoint: operator, cli: ['e2e/cli/audit.txt', '(P08)'] },
    P10: { endpoint: surroundings, cli: ['e2e/cli/host.txt', 'P10'] },
    P11: { endpoint: [doors, 'P11 a call'], cli: [doors, 'P11 a call'] },
    D01: { endpoint: ['e2e/broker/connections.test.ts', 'D01 says'], cli: ['e2e/cli/host.txt', '(D01)'] },
    D02: { endpoint: ['e2e/broker/connections.test.ts', 'D02 answers'], cli: ['e2e/cli/host.txt', '(D02)'] },
    D04: { endpoint: [shared, 'D04'], cli: ['e2e/cli/host.txt', '(D04)'] },
    D05: { endpoint: ['e2e/host/life.test.ts', 'D05'], cli: ['e2e/cli/host.txt', '(D05)'] },
    D07: { endpoint: [shared, 'D07: with the shared host gone'], cli: [shared, 'D07: with the shared host gone'] },
    D08: { endpoint: ['e2e/broker/host-proxy.test.ts', 'D08 serves'], cli: ['e2e/cli/host.txt', '(D08)'] },
    O01: { endpoint: [doors, 'E19 E22 O01'], cli: ['e2e/cli/headers.txt', '(E22, O01)'] },
    O02: { endpoint: cliOnly, cli: ['e2e/cli/invoke.txt', '(O02, E19)'] },
    O04: { endpoint: cliOnly, cli: ['e2e/cli/oauth.txt', '(O04, G60)'] },
    O05: { endpoint: cliOnly, cli: ['e2e/cli/status.txt', '(O05, G44)'] },
  },
};
