// Frozen: a change of format is a new file.

/** Format 1 of audit.db. Every index ends in `seq`, so that a filtered page is read newest first without a sort. */
export const auditFormat1 = `
CREATE TABLE entries (
  seq INTEGER PRIMARY KEY,
  ts_ms INTEGER NOT NULL,
  body TEXT NOT NULL,
  hash BLOB NOT NULL,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  outcome TEXT NOT NULL,
  capability TEXT,
  credential TEXT
) STRICT;
CREATE INDEX entries_by_time ON entries (ts_ms, seq);
CREATE INDEX entries_by_kind ON entries (kind, seq);
CREATE INDEX entries_by_actor ON entries (actor, seq);
CREATE INDEX entries_by_outcome ON entries (outcome, seq);
CREATE INDEX entries_by_capability ON entries (capability, seq) WHERE capability IS NOT NULL;
CREATE INDEX entries_by_credential ON entries (credential, seq) WHERE credential IS NOT NULL;
CREATE TABLE inflight (
  id TEXT PRIMARY KEY,
  ts_ms INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoints (
  seq INTEGER PRIMARY KEY,
  mac BLOB NOT NULL
) STRICT;
`;
