// Numbered, forward only; `user_version` counts the applied ones. Values that could tell a person
// (raw bytes, payloads, file names, members) are sealed BLOBs; what is searched by is a keyed index.

export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE raw_capture (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  capture_id TEXT NOT NULL UNIQUE,
  source_kind TEXT NOT NULL CHECK (source_kind IN ('escpos_tap', 'file_drop')),
  source_id TEXT NOT NULL,
  captured_at_ms INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL,
  monotonic_ms INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  job_id TEXT,
  is_partial INTEGER NOT NULL,
  content_index TEXT NOT NULL,
  sealed BLOB NOT NULL,
  sealed_name BLOB,
  state TEXT NOT NULL CHECK (state IN ('new', 'parsed', 'parked')),
  attempts INTEGER NOT NULL,
  UNIQUE (source_id, job_id)
) STRICT;
CREATE INDEX raw_capture_state ON raw_capture (state, seq);
CREATE INDEX raw_capture_content ON raw_capture (source_id, content_index);

CREATE TABLE source_cursor (
  source_id TEXT NOT NULL,
  item TEXT NOT NULL,
  sealed BLOB NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  PRIMARY KEY (source_id, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantined_row (
  capture_id TEXT NOT NULL,
  row_number INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (capture_id, row_number)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  receipt_id TEXT NOT NULL UNIQUE,
  capture_id TEXT NOT NULL,
  document_index INTEGER NOT NULL,
  kind TEXT NOT NULL,
  business_index TEXT UNIQUE,
  number_index TEXT,
  business_date TEXT NOT NULL,
  printed_at TEXT,
  total_fen INTEGER,
  source_kind TEXT NOT NULL,
  content_sha256 TEXT NOT NULL,
  confidence REAL NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('needs_confirm', 'waiting', 'settled', 'parked', 'attached', 'ignored', 'dropped')),
  confirm_reason TEXT,
  first_receipt_id TEXT,
  code TEXT,
  points INTEGER,
  captured_at_ms INTEGER NOT NULL,
  settled_at_ms INTEGER,
  sealed BLOB NOT NULL,
  UNIQUE (capture_id, document_index)
) STRICT;
CREATE INDEX receipt_state ON receipt (state, captured_at_ms);
CREATE INDEX receipt_number ON receipt (number_index);
CREATE INDEX receipt_total ON receipt (total_fen, business_date);

CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id TEXT NOT NULL UNIQUE,
  aggregate TEXT NOT NULL,
  type TEXT NOT NULL,
  receipt_id TEXT,
  depends_on TEXT NOT NULL,
  payload_bytes INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  attempts INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'parked', 'settled')),
  code TEXT,
  sealed_ack BLOB,
  created_at_ms INTEGER NOT NULL,
  settled_at_ms INTEGER
) STRICT;
CREATE INDEX outbox_state ON outbox (state, seq);

CREATE TABLE member_cache (
  member_id TEXT PRIMARY KEY,
  member_no TEXT,
  phone_index TEXT,
  local_index TEXT,
  origin TEXT NOT NULL CHECK (origin IN ('server', 'registered_here')),
  as_of_ms INTEGER NOT NULL,
  sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX member_cache_phone ON member_cache (phone_index);
CREATE INDEX member_cache_local ON member_cache (local_index);
CREATE INDEX member_cache_no ON member_cache (member_no);

CREATE TABLE member_alias (
  minted_id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE registration (
  member_id TEXT PRIMARY KEY,
  event_id TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

CREATE TABLE assignment (
  receipt_id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL,
  event_id TEXT,
  assigned_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX assignment_member ON assignment (member_id);

CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
`,
  `
ALTER TABLE outbox ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN is_suspect INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN refused_since_ms INTEGER;
CREATE INDEX outbox_refused ON outbox (seq) WHERE is_suspect = 1 OR refusals > 0;
`,
  `
CREATE TABLE undone_assignment (
  undo_event_id TEXT PRIMARY KEY,
  assignment_event_id TEXT NOT NULL UNIQUE,
  receipt_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  assigned_at_ms INTEGER NOT NULL,
  points INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX undone_assignment_receipt ON undone_assignment (receipt_id);
`,
  `
CREATE TABLE points_hold (
  hold_id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL,
  points INTEGER NOT NULL,
  value_fen INTEGER NOT NULL,
  order_fen INTEGER NOT NULL,
  deadline_at_ms INTEGER NOT NULL,
  after_receipt_seq INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'used', 'undone', 'ended')),
  receipt_id TEXT,
  event_id TEXT UNIQUE
) STRICT, WITHOUT ROWID;
CREATE INDEX points_hold_member ON points_hold (member_id, state);
CREATE INDEX points_hold_receipt ON points_hold (receipt_id);
`,
  `
CREATE TABLE kept_refund (
  refund_id TEXT PRIMARY KEY,
  number_index TEXT NOT NULL,
  kept_fen INTEGER NOT NULL,
  confirmed_at_ms INTEGER NOT NULL,
  after_receipt_seq INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'matched', 'settled', 'refused', 'ended')),
  receipt_id TEXT UNIQUE,
  points INTEGER NOT NULL,
  settled_fen INTEGER NOT NULL,
  code TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX kept_refund_state ON kept_refund (state);
`,
  `
CREATE TABLE coupon_reservation (
  reservation_id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL,
  wanted TEXT NOT NULL,
  names TEXT NOT NULL,
  with_points INTEGER NOT NULL,
  goods_fen INTEGER NOT NULL,
  off_fen INTEGER NOT NULL,
  asked_at_ms INTEGER NOT NULL,
  deadline_at_ms INTEGER NOT NULL,
  after_receipt_seq INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asked', 'open', 'left', 'used', 'undone', 'ended')),
  is_told INTEGER NOT NULL,
  settled TEXT CHECK (settled IN ('used', 'not_used')),
  receipt_id TEXT,
  event_id TEXT UNIQUE
) STRICT, WITHOUT ROWID;
CREATE INDEX coupon_reservation_member ON coupon_reservation (member_id, state);
CREATE INDEX coupon_reservation_state ON coupon_reservation (state, is_told);
CREATE INDEX coupon_reservation_receipt ON coupon_reservation (receipt_id);
`,
  `
CREATE TABLE offline_token (
  member_id TEXT PRIMARY KEY,
  sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE offline_allowance (
  allowance_id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('held', 'returned')),
  is_told INTEGER NOT NULL,
  use_id TEXT,
  kept_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX offline_allowance_member ON offline_allowance (member_id);
CREATE TABLE offline_use (
  use_id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL,
  code_period INTEGER NOT NULL,
  made_at_ms INTEGER NOT NULL,
  sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE offline_code (
  member_id TEXT PRIMARY KEY,
  period INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE offline_note (
  note_id TEXT PRIMARY KEY,
  sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
`,
  `
ALTER TABLE outbox ADD COLUMN coupon_code TEXT;
`,
]
