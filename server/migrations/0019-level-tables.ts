import {
  countWord,
  dateWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
  sha256Word,
  textWord,
} from '../platform/columns.js'
import { createsTable } from '../platform/schema.js'

// Growth and levels: schemes in versions, the growth book, where each member stands, and how it came.

/** Migrations 137 to 141. */
export const levelTables = [
  createsTable(137, 'level_scheme', {
    columns: {
      version: countWord,
      effectiveFromMs: integerWord,
      terms: textWord,
      publishedAtMs: integerWord,
      publishedBy: idWord,
    },
    primary: ['version'],
  }),
  createsTable(138, 'growth_entry', {
    columns: {
      id: idWord,
      memberId: idWord,
      seq: integerWord,
      purchaseId: idWord,
      number: countWord,
      growth: integerWord,
      counted: countWord,
      reason: keyWord(16),
      schemeVersion: countWord,
      explanation: keyWord(255),
      businessDate: dateWord,
      occurredAtMs: integerWord,
      recordedAtMs: integerWord,
      previousHash: sha256Word,
      hash: sha256Word,
    },
    primary: ['id'],
    unique: {
      ux_growth_entry_seq: ['memberId', 'seq'],
      ux_growth_entry_purchase: ['purchaseId', 'number'],
    },
    index: {
      ix_growth_entry_period: ['memberId', 'occurredAtMs'],
      ix_growth_entry_day: ['memberId', 'businessDate'],
    },
  }),
  createsTable(139, 'growth_account', {
    columns: {
      memberId: idWord,
      periodGrowth: integerWord,
      periodFromMs: integerWord,
      levelCode: keyWord(16),
      levelSinceMs: integerWord,
      levelUntilMs: integerWord,
      neededGrowth: integerWord,
      reachedFromMs: integerWord,
      noticedUntilMs: nullable(integerWord),
      nextAtMs: integerWord,
      schemeVersion: countWord,
      headSeq: integerWord,
      headHash: sha256Word,
    },
    primary: ['memberId'],
    index: {
      ix_growth_account_due: ['nextAtMs', 'memberId'],
      ix_growth_account_scheme: ['schemeVersion', 'memberId'],
    },
  }),
  createsTable(140, 'level_change', {
    columns: {
      id: idWord,
      memberId: idWord,
      fromCode: keyWord(16),
      toCode: keyWord(16),
      reason: keyWord(16),
      explanation: keyWord(255),
      schemeVersion: countWord,
      growth: integerWord,
      fromUntilMs: integerWord,
      untilMs: integerWord,
      mergeId: nullable(idWord),
      atMs: integerWord,
    },
    primary: ['id'],
    index: {
      ix_level_change_member: ['memberId', 'id'],
      ix_level_change_merge: ['mergeId'],
    },
  }),
  createsTable(141, 'expiry_notice', {
    columns: {
      memberId: idWord,
      expiresAtMs: integerWord,
      messageId: idWord,
      createdAtMs: integerWord,
    },
    primary: ['memberId', 'expiresAtMs'],
  }),
]
