import {
  countWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
  sha256Word,
  textWord,
} from '../platform/columns.js'
import { addsColumn, addsIndex, createsTable } from '../platform/schema.js'

// One person, one record: what is known of a member, and the journal of merges.

/** Migrations 75 to 84. */
export const mergeTables = [
  addsColumn(75, 'member_profile', 'genderSealed', nullable(textWord)),
  addsColumn(76, 'member_profile', 'emailSealed', nullable(textWord)),
  addsColumn(77, 'member_profile', 'addressSealed', nullable(textWord)),
  addsColumn(78, 'member_profile', 'citySealed', nullable(textWord)),
  addsColumn(79, 'member_profile', 'toldBy', nullable(keyWord(500))),
  createsTable(80, 'member_merge', {
    columns: {
      id: idWord,
      survivorId: idWord,
      absorbedId: idWord,
      state: keyWord(8),
      how: keyWord(8),
      pairId: nullable(idWord),
      survivorState: keyWord(16),
      absorbedState: keyWord(16),
      survivorStoreId: nullable(idWord),
      moveHistory: countWord,
      movedPoints: integerWord,
      purchasePoints: integerWord,
      changes: textWord,
      mergedAtMs: integerWord,
      mergedBy: nullable(idWord),
      changedAtMs: integerWord,
      undoneAtMs: nullable(integerWord),
      undoneBy: nullable(idWord),
      undoChanges: nullable(textWord),
      idempotencyKey: nullable(sha256Word),
      inputSha256: nullable(sha256Word),
    },
    primary: ['id'],
    unique: { ux_member_merge_key: ['idempotencyKey'] },
    index: {
      ix_member_merge_survivor: ['survivorId', 'id'],
      ix_member_merge_absorbed: ['absorbedId', 'id'],
      ix_member_merge_at: ['mergedAtMs', 'id'],
      ix_member_merge_changed: ['changedAtMs', 'absorbedId', 'survivorId'],
    },
  }),
  createsTable(81, 'member_merge_step', {
    columns: {
      id: idWord,
      mergeId: idWord,
      phase: keyWord(8),
      kind: keyWord(16),
      subjectId: keyWord(32),
      fromMemberId: idWord,
      toMemberId: idWord,
      valueSealed: nullable(textWord),
      detail: nullable(keyWord(255)),
    },
    primary: ['id'],
    index: {
      ix_member_merge_step_merge: ['mergeId', 'kind', 'id'],
      ix_member_merge_step_subject: ['subjectId', 'id'],
    },
  }),
  addsColumn(82, 'purchase', 'madeUnderId', nullable(idWord)),
  addsColumn(83, 'identity', 'viaId', nullable(idWord)),
  addsIndex(84, 'member', 'ix_member_merged', ['mergedIntoId']),
]
