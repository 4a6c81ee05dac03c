import type { Statements } from '../platform/database.js'
import type { MatchRecord } from './matching/match-record.js'
import type { PersonRecordsService } from './person-records.service.js'
import type { RecordSource } from './prepared-records.js'

// Records of those whose every sealed value opens, and who the others were: one damaged value stops
// nobody else's comparing. Of whom a value is missing is left out whole, for without it nobody can
// say who they are not.

/** More than these are no damaged values: the keys are others, and nothing is to be found. */
const UNREADABLE_MAX = 1_000

export class ReadableRecords implements RecordSource {
  readonly #unreadableIds = new Set<string>()

  constructor(private readonly people: PersonRecordsService) {}

  /** Whom it could not read so far. */
  get unreadableIds(): ReadonlySet<string> {
    return this.#unreadableIds
  }

  /** The records of members; none of whom it cannot read. Throws when those are too many. */
  async recordsOf(
    statements: Statements,
    memberIds: readonly string[],
  ): Promise<Map<string, MatchRecord>> {
    const { records, unreadableIds } = await this.people.readableOf(statements, memberIds)
    for (const id of unreadableIds) this.#unreadableIds.add(id)
    if (this.#unreadableIds.size > UNREADABLE_MAX)
      throw new Error('too many sealed values do not open')
    return records
  }
}
