// Transactions that are done to their end, and then nothing of them was: as if the server had died
// before its commit. Clients ask again until there is an answer.
import type { Database, Tx } from '../../server/platform/database.js'

/** Stands for the death of a server at the end of a transaction. */
class Death extends Error {}

export class Deaths {
  isDeadly = false
  #writes = 0

  /** Of the writes of this database, one in so many dies while `isDeadly`. */
  constructor(database: Database, oneIn: number) {
    const write = database.write.bind(database)
    database.write = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
      write(async (tx) => {
        const done = await work(tx)
        this.#writes += 1
        if (this.isDeadly && this.#writes % oneIn === 0) throw new Death('died before the commit')
        return done
      })
  }

  /** What a client does: asks again until there is an answer. */
  async insisted<T>(ask: () => Promise<T>): Promise<T> {
    for (;;)
      try {
        return await ask()
      } catch (error) {
        if (!(error instanceof Death)) throw error
      }
  }
}
