import {
  idWord,
  integerWord,
  countWord,
  keyWord,
  nullable,
  sha256Word,
  textWord,
} from '../platform/columns.js'
import { addsColumn, addsIndex, createsTable, dropsColumn, inOne } from '../platform/schema.js'

// Who signs in and what they did: sessions, failed attempts, the second factor, and the chain of the
// audit.

/** Migrations 93 to 99. */
export const accessTables = [
  createsTable(93, 'staff_session', {
    columns: {
      id: idWord,
      staffId: idWord,
      device: keyWord(64),
      addressMasked: nullable(keyWord(64)),
      createdAtMs: integerWord,
      lastSeenAtMs: integerWord,
      expiresAtMs: integerWord,
      revokedAtMs: nullable(integerWord),
    },
    primary: ['id'],
    index: { ix_staff_session_staff: ['staffId', 'expiresAtMs'] },
  }),
  createsTable(94, 'sign_in_attempt', {
    columns: {
      keyIndex: keyWord(64),
      failures: countWord,
      lastAtMs: integerWord,
      lockedUntilMs: integerWord,
    },
    primary: ['keyIndex'],
    index: { ix_sign_in_attempt_last: ['lastAtMs'] },
  }),
  createsTable(95, 'staff_totp', {
    columns: {
      staffId: idWord,
      secretSealed: textWord,
      lastStep: integerWord,
      createdAtMs: integerWord,
      confirmedAtMs: nullable(integerWord),
    },
    primary: ['staffId'],
  }),
  createsTable(96, 'staff_recovery_code', {
    columns: {
      staffId: idWord,
      codeIndex: keyWord(64),
      createdAtMs: integerWord,
      usedAtMs: nullable(integerWord),
    },
    primary: ['staffId', 'codeIndex'],
  }),
  // Tokens name a session now: what said from when on they count has nothing to say any more.
  dropsColumn(97, 'staff', 'sessionsSinceMs'),
  createsTable(98, 'staff_audit_head', {
    columns: {
      lane: countWord,
      begunAtMs: integerWord,
      seq: integerWord,
      hash: sha256Word,
      seal: sha256Word,
    },
    primary: ['lane'],
  }),
  inOne(99, 'staff_audit-chain', [
    addsColumn(99, 'staff_audit', 'lane', nullable(countWord)),
    addsColumn(99, 'staff_audit', 'seq', nullable(integerWord)),
    addsColumn(99, 'staff_audit', 'hash', nullable(sha256Word)),
    addsColumn(99, 'staff_audit', 'addressMasked', nullable(keyWord(64))),
    addsIndex(99, 'staff_audit', 'ix_staff_audit_chain', ['lane', 'seq']),
    addsIndex(99, 'staff_audit', 'ix_staff_audit_at', ['atMs']),
    addsIndex(99, 'staff_audit', 'ix_staff_audit_action', ['action', 'atMs']),
  ]),
]
