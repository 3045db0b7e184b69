// Frozen: a change of format is a new file.

/** Format 2 of audit.db: which calls of the journal beside it have their closing entry. */
export const auditFormat2 = `
CREATE TABLE closed_calls (
  id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
`;
