// Frozen: a change of format is a new file.

/** Format 3 of audit.db: where the chain begins once older entries were retired. */
export const auditFormat3 = `
CREATE TABLE base (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL,
  retired_at_ms INTEGER NOT NULL,
  mac BLOB NOT NULL
) STRICT;
`;
