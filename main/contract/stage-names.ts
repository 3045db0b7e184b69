/** The ten stages of a call, in their order: what the audit log's traces say. */
export const stageNames = [
  'authenticate',
  'read-request',
  'match-capability',
  'choose-credential',
  'enforce-policy',
  'plan-upstream',
  'ask-operator',
  'inject-auth',
  'send-upstream',
  'filter-response',
] as const;
export type StageName = (typeof stageNames)[number];
