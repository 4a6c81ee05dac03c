// Listens at the gate: every statement that a service sends, with how long it took. The services
// keep the database they were given; only its doors are doubled.
import type { Database, Rx, SqlParameter, Statements, Tx } from '../../server/platform/database.js'

export interface SentStatement {
  sql: string
  parameters: readonly SqlParameter[]
  tookMs: number
  /** Inside a write, which holds what it locked. */
  isWrite: boolean
}

export interface StatementEar {
  /** What was sent since the last time, oldest first. */
  take(): SentStatement[]
}

/** Begins to listen; it goes on for as long as the database lives. */
export function listenAtGate(database: Database): StatementEar {
  let sent: SentStatement[] = []
  const read = database.read.bind(database)
  const write = database.write.bind(database)
  const note = (one: SentStatement) => {
    sent.push(one)
  }
  database.read = <T>(work: (rx: Rx) => Promise<T>) => read((rx) => work(heard(rx, note)))
  database.write = <T>(work: (tx: Tx) => Promise<T>) => write((tx) => work(heard(tx, note)))
  return {
    take: () => {
      const taken = sent
      sent = []
      return taken
    },
  }
}

/** The same statements; `meanwhile` happens once, when so many were answered. */
export function afterStatement(gate: Rx, count: number, meanwhile: () => Promise<unknown>): Rx {
  let answered = 0
  const rows: Statements['rows'] = async <Row>(
    sql: string,
    parameters?: readonly SqlParameter[],
  ) => {
    const answer = await gate.rows<Row>(sql, parameters)
    answered += 1
    if (answered === count) await meanwhile()
    return answer
  }
  return { dialect: gate.dialect, manager: gate.manager, rows }
}

/** The same statements, each noted when it is done. */
function heard<Gate extends Statements>(gate: Gate, note: (one: SentStatement) => void): Gate {
  const isWrite = 'forUpdate' in gate
  return new Proxy(gate, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      const method = value as (...words: unknown[]) => unknown
      if (name !== 'rows' && name !== 'run') return method.bind(target)
      return async (sql: string, parameters: readonly SqlParameter[] = []) => {
        const beganMs = performance.now()
        const answer = await method.call(target, sql, parameters)
        note({ sql, parameters, tookMs: performance.now() - beganMs, isWrite })
        return answer
      }
    },
  })
}
