import type { Command, Nouns } from './command.ts';

// The first word of every command line: what it is about, and where its commands live. Modules are loaded when used,
// because the program starts for every single question.

const vault = async () => (await import('./commands/vault.ts')).vaultCommands;
const invoke = async () => (await import('./commands/invoke.ts')).invokeCommands;
const host = async () => (await import('./commands/host.ts')).hostCommands;
const secrets = async () => (await import('./commands/secrets.ts')).secretCommands;
const credential = async () => (await import('./commands/credential.ts')).credentialCommands;
const audit = async () => (await import('./commands/audit.ts')).auditCommands;
const setup = async () => (await import('./commands/setup.ts')).setupCommands;
const capability = async () => [
  ...(await import('./commands/capability.ts')).capabilityCommands,
  ...(await import('./commands/policy.ts')).policyCommands,
  ...(await invoke()).map(
    (command): Command => ({
      ...command,
      words: `capability ${command.words}`,
      aliases: command.aliases.map((alias) => `capability ${alias}`),
    }),
  ),
];

export const nouns: Nouns = {
  status: { group: 'Vault', summary: 'Show the state of the vault and its host.', load: vault },
  init: { group: 'Vault', summary: 'Create the vault with a key provider of your choice.', load: vault },
  unlock: { group: 'Vault', summary: 'Unlock the vault.', load: vault },
  lock: { group: 'Vault', summary: 'Lock the vault and forget its key.', load: vault },
  'rotate-master': {
    group: 'Vault',
    summary: 'Replace the vault key, the passphrase or the key provider.',
    load: vault,
  },
  secrets: { group: 'Keys', summary: 'Store, list, rotate and delete secrets.', load: secrets },
  credential: { group: 'Keys', summary: 'Say which secret goes where, and how.', load: credential },
  capability: { group: 'Keys', summary: 'See and shape what tools may do.', load: capability },
  oauth: {
    group: 'Keys',
    summary: 'Connect an account by OAuth.',
    load: async () => (await import('./commands/oauth.ts')).oauthCommands,
  },
  invoke: { group: 'Calls', summary: 'Call an API through a capability; prints the answer as it came.', load: invoke },
  call: { group: null, summary: 'The same as invoke.', load: invoke },
  json: { group: 'Calls', summary: 'Call an API and print its JSON answer, indented.', load: invoke },
  markdown: { group: 'Calls', summary: 'Call an API and print its JSON answer as Markdown.', load: invoke },
  md: { group: null, summary: 'The same as markdown.', load: invoke },
  token: {
    group: 'Calls',
    summary: 'Mint, list and revoke tokens for tools.',
    load: async () => (await import('./commands/token.ts')).tokenCommands,
  },
  approvals: {
    group: 'Calls',
    summary: 'Answer requests that wait for your yes.',
    load: async () => (await import('./commands/approvals.ts')).approvalCommands,
  },
  kv: {
    group: 'Path secrets',
    summary: 'Read and write path secrets: values applications need themselves.',
    load: async () => (await import('./commands/kv.ts')).kvCommands,
  },
  audit: { group: 'Care', summary: 'Show, check and export the audit log.', load: audit },
  doctor: {
    group: 'Care',
    summary: 'Check permissions, key custody, endpoint, clock and hooks.',
    load: async () => (await import('./commands/doctor.ts')).doctorCommands,
  },
  backup: {
    group: 'Care',
    summary: 'Write or restore one encrypted backup file.',
    load: async () => (await import('./commands/backup.ts')).backupCommands,
  },
  registry: {
    group: 'Care',
    summary: 'Review what an update would let stored keys reach.',
    load: async () => (await import('./commands/registry.ts')).registryCommands,
  },
  settings: {
    group: 'Care',
    summary: 'Show or change the settings of the host.',
    load: async () => (await import('./commands/settings.ts')).settingsCommands,
  },
  console: { group: 'Host', summary: 'Open the window in a browser, for machines without a desktop.', load: host },
  shutdown: { group: 'Host', summary: 'Finish running calls and stop the host.', load: host },
  restart: { group: 'Host', summary: 'Stop the host and start it again.', load: host },
  setup: { group: 'Host', summary: 'Set up agents under other users, or a host that starts by itself.', load: setup },
  completion: {
    group: 'Host',
    summary: 'Print the completion script for your shell.',
    load: async () => (await import('./commands/completion.ts')).completionCommands(nouns),
  },
};
