import { Inject, Injectable } from '@nestjs/common'
import { outcomeStatus, refuse, type OutcomeCode, type Refusal } from '@huike/shared/outcomes'
import { Clock } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import { Database, UniqueViolation, valuesOf, type Tx } from '../platform/database.js'
import type { IdempotencyRecord } from './idempotency-record.entity.js'

// A mutating call happens once for each idempotency key. The answer is stored in the transaction of
// its effect, sealed, and given again to the same call; the same key with other input is a conflict.
// The input is kept as a keyed hash: a plain one of a phone number is undone by trying them all.

/** Two calls may meet at a unique key; the later one then finds what the earlier wrote. */
const RACES_MAX = 5
const OK = 200

const COLUMNS = [
  'apiKeyId',
  'idempotencyKey',
  'inputIndex',
  'status',
  'responseSealed',
  'createdAtMs',
] as const satisfies (keyof IdempotencyRecord)[]

/** One mutating call of an integration. */
export interface OnceCall {
  apiKeyId: string
  idempotencyKey: string
  /** Which call it is: the same key at another route is another input. */
  operation: string
  input: unknown
}

/** What the call is answered; `replayed` when an earlier call did it. */
export type Once<T> = { ok: true; answer: T; replayed: boolean } | (Refusal & { replayed: boolean })

@Injectable()
export class IdempotencyService {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * Runs `work` in one transaction with the record of its answer, unless the call was answered
   * before. A refusal of `work` is an answer too, and must have written nothing. Refuses
   * `idempotency_conflict` and whatever `work` refuses.
   */
  async once<T>(
    call: OnceCall,
    work: (tx: Tx) => Promise<{ ok: true; answer: T } | Refusal>,
  ): Promise<Once<T>> {
    const inputIndex = this.config.keyring.blindIndex(
      `idempotency|${call.operation}`,
      JSON.stringify(call.input),
    )
    for (let race = 1; ; race += 1) {
      try {
        return await this.database.write((tx) => this.#once(tx, { call, inputIndex, work }))
      } catch (error) {
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX) throw error
      }
    }
  }

  async #once<T>(
    tx: Tx,
    todo: {
      call: OnceCall
      inputIndex: string
      work: (tx: Tx) => Promise<{ ok: true; answer: T } | Refusal>
    },
  ): Promise<Once<T>> {
    const { call, inputIndex, work } = todo
    const key = [call.apiKeyId, call.idempotencyKey]
    const where = 'WHERE apiKeyId = ? AND idempotencyKey = ?'
    const [before] = await tx.rows<IdempotencyRecord>(
      `SELECT * FROM idempotency_record ${where}`,
      key,
    )
    if (before) return this.#again<T>(before, inputIndex)
    // The key is taken before the work: a second call waits here, instead of doing it as well.
    const claim: IdempotencyRecord = {
      apiKeyId: call.apiKeyId,
      idempotencyKey: call.idempotencyKey,
      inputIndex,
      status: 0,
      responseSealed: '',
      createdAtMs: this.clock.nowMs(),
    }
    await tx.insert('idempotency_record', COLUMNS, [valuesOf(claim, COLUMNS)])
    const outcome = await work(tx)
    const status = outcome.ok ? OK : outcomeStatus(outcome.code)
    const response = outcome.ok ? outcome.answer : { code: outcome.code, detail: outcome.detail }
    await tx.run(`UPDATE idempotency_record SET status = ?, responseSealed = ? ${where}`, [
      status,
      this.config.keyring.seal(JSON.stringify(response), sealContext(claim)),
      ...key,
    ])
    return { ...outcome, replayed: false }
  }

  #again<T>(before: IdempotencyRecord, inputIndex: string): Once<T> {
    if (before.inputIndex !== inputIndex)
      return { ...refuse('idempotency_conflict'), replayed: false }
    const json = this.config.keyring.open(before.responseSealed, sealContext(before))
    if (before.status === OK) return { ok: true, answer: JSON.parse(json) as T, replayed: true }
    const { code, detail } = JSON.parse(json) as { code: OutcomeCode; detail?: string }
    return { ...refuse(code, detail), replayed: true }
  }
}

function sealContext(record: IdempotencyRecord): string {
  return `idempotency_record.responseSealed|${record.apiKeyId}|${record.idempotencyKey}`
}
