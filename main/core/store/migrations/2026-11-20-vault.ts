// Frozen: a change of format is a new file.

/** Format 1 of vault.db. `position` keeps the order rows were first written in. */
export const vaultFormat1 = `
CREATE TABLE state (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  generation INTEGER NOT NULL
) STRICT;
INSERT INTO state (one, generation) VALUES (1, 0);
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE rows (
  position INTEGER PRIMARY KEY,
  tbl TEXT NOT NULL,
  id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  UNIQUE (tbl, id)
) STRICT;
CREATE TABLE ledger (
  tbl TEXT NOT NULL,
  id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  live INTEGER NOT NULL CHECK (live IN (0, 1)),
  PRIMARY KEY (tbl, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_by_revision ON ledger (revision);
CREATE TABLE usage (
  tbl TEXT NOT NULL,
  id TEXT NOT NULL,
  last_used_at_ms INTEGER NOT NULL,
  uses INTEGER NOT NULL,
  PRIMARY KEY (tbl, id)
) STRICT, WITHOUT ROWID;
`;
