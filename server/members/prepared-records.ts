import type { Database } from '../platform/database.js'
import type { Chinese } from './matching/chinese.js'
import { prepare, type Prepared } from './matching/prepare.js'
import type { PersonRecordsService } from './person-records.service.js'

// Prepared records by member id: the latest used stay in memory, the others are read again.

const RECORDS_KEPT_MAX = 20_000
/** A read of so many keeps others waiting for some milliseconds. */
const RECORDS_PER_READ = 100

/** Where records are read from; who is missing in an answer is in none of this one's either. */
export type RecordSource = Pick<PersonRecordsService, 'recordsOf'>

export class PreparedRecords {
  readonly #kept = new Map<string, Prepared>()

  constructor(
    private readonly database: Database,
    private readonly people: RecordSource,
    private readonly chinese: Chinese,
    private readonly rest: () => Promise<void>,
  ) {}

  /** The records of these members; who is not a member has an empty one. */
  async get(memberIds: readonly string[]): Promise<Map<string, Prepared>> {
    const wanted = [...new Set(memberIds)]
    const records = new Map<string, Prepared>()
    for (const id of wanted) {
      const kept = this.#kept.get(id)
      if (kept) records.set(id, kept)
    }
    const missing = wanted.filter((id) => !records.has(id))
    for (let from = 0; from < missing.length; from += RECORDS_PER_READ) {
      const some = missing.slice(from, from + RECORDS_PER_READ)
      const read = await this.database.read((rx) => this.people.recordsOf(rx, some))
      for (const [id, record] of read) records.set(id, prepare(record, this.chinese))
      await this.rest()
    }
    this.#keep(records)
    return records
  }

  #keep(records: ReadonlyMap<string, Prepared>): void {
    for (const [id, prepared] of records) {
      this.#kept.delete(id)
      this.#kept.set(id, prepared)
    }
    for (const id of this.#kept.keys()) {
      if (this.#kept.size <= RECORDS_KEPT_MAX) break
      this.#kept.delete(id)
    }
  }
}
