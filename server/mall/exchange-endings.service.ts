import { Inject, Injectable } from '@nestjs/common'
import type { Logger } from 'pino'
import { returnedInWords } from '@huike/shared/mall-words'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { MembersService } from '../members/members.service.js'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock } from '../platform/clock.js'
import { crashPoint } from '../platform/crash-points.js'
import { Database, type Tx } from '../platform/database.js'
import { LOGGER } from '../platform/tokens.js'
import { giveBackExchange } from '../points/exchange-points.service.js'
import { PointsBook } from '../points/points-book.service.js'
import type { MallExchange } from './mall-exchange.entity.js'
import { MallItemsService } from './mall-items.service.js'
import { exchangesBy, itemKey, itemsBy, piecesOf, putBack } from './mall-rows.js'

// How goods that wait come to an end, once: handed over in a store, cancelled, or not fetched in time.
// Handing over and cancelling at the same moment meet at the row of the exchange: one of them finds it
// waiting, the other what the first has done. Points come back in the transaction that ends it.

const LAPSED_PER_ROUND_MAX = 100
const RACES_MAX = 3
const LAPSE_ACTOR = 'system:lapse'
/** Who ends an exchange for the member. */
export const BY_MEMBER = 'member'

/** Where an exchange ended by, why, and as what its points are told to come back. */
interface Ending {
  state: 'cancelled' | 'lapsed'
  endedBy: string
  reason: string | null
  actor: string
  isGivenBack: boolean
}
export type Ended = { ok: true; exchange: MallExchange } | Refusal
/** isNew: false where the same request of a till was answered before. */
export type HandedOver = { ok: true; exchange: MallExchange; isNew: boolean } | Refusal

/** Who hands goods over, and where: somebody of the staff, or a till by a request of its own. */
export interface HandingOver {
  /** A member of the staff, or `byTill`. */
  endedBy: string
  storeId: string
  requestId: string | null
}

const TILL = 'till:'

/** A till that ends an exchange. */
export function byTill(terminalId: string): string {
  return `${TILL}${terminalId}`
}

/** The till that ended an exchange; null where it was none. */
export function tillOf(endedBy: string | null): string | null {
  return endedBy?.startsWith(TILL) === true ? endedBy.slice(TILL.length) : null
}

@Injectable()
export class ExchangeEndingsService extends BackgroundWorker {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly members: MembersService,
    private readonly items: MallItemsService,
    @Inject(LOGGER) logger: Logger,
  ) {
    super(logger, 'the lapse of exchanges')
  }

  /**
   * The member wants the points back; what the member has cancelled is answered as it is. Refuses
   * `not_found`, `mall_coupon_given`, `mall_fetched`, `mall_cancelled`, and `mall_lapsed`.
   */
  async cancelOwn(memberId: string, id: string): Promise<Ended> {
    const ended = await this.database.write((tx) =>
      this.#cancel(tx, id, {
        ...{ endedBy: BY_MEMBER, actor: `member:${memberId}`, reason: null },
        isTheirs: (exchange) => exchange.memberId === memberId,
      }),
    )
    crashPoint('mall.after-ending')
    return ended
  }

  /** Staff cancel, with a reason. Refuses as `cancelOwn` does, and what was cancelled already. */
  cancel(tx: Tx, id: string, by: { staffId: string; reason: string }): Promise<Ended> {
    const { staffId, reason } = by
    const isTheirs = () => true
    return this.#cancel(tx, id, { endedBy: staffId, actor: `staff:${staffId}`, reason, isTheirs })
  }

  /**
   * Hands goods over in a store, once; the same request of a till once more is answered as it is.
   * Refuses `not_found`, `mall_coupon_given`, `mall_fetched`,
   * `mall_cancelled`, `mall_lapsed`, and `mall_store` where they are fetched elsewhere.
   */
  async handOver(tx: Tx, id: string, by: HandingOver): Promise<HandedOver> {
    const nowMs = this.clock.nowMs()
    const [exchange] = await exchangesBy(tx, 'id', [id])
    if (!exchange) return refuse('not_found')
    const { requestId, endedBy, storeId } = by
    const isSame = requestId !== null && exchange.endRequestId === requestId
    if (isSame && exchange.endedBy === endedBy) return { ok: true, exchange, isNew: false }
    const refusal = whyNotEnded(exchange, nowMs)
    if (refusal) return refusal
    const gives = (await this.#termsOf(tx, exchange)).gives
    if (gives.kind !== 'goods') return refuse('mall_coupon_given')
    if (!isFetchedIn(gives.storeIds, storeId)) return refuse('mall_store')
    const changed = await tx.run(
      `UPDATE mall_exchange SET state = 'fetched', endedAtMs = ?, endedBy = ?, storeId = ?,
       endRequestId = ? WHERE id = ? AND state = 'waiting'`,
      [nowMs, endedBy, storeId, requestId, id],
    )
    if (changed !== 1) return refuse('mall_fetched')
    const end = { state: 'fetched', endedAtMs: nowMs, endedBy, storeId, endRequestId: requestId }
    return { ok: true, exchange: { ...exchange, ...end }, isNew: true }
  }

  /** Ends what was not fetched in time; false when nothing is due. */
  protected async step(): Promise<boolean> {
    const nowMs = this.clock.nowMs()
    const due = await this.database.read((rx) =>
      rx.rows<{ id: string }>(
        `SELECT id FROM mall_exchange WHERE state = 'waiting' AND fetchUntilMs <= ?
         ORDER BY fetchUntilMs, id LIMIT ${String(LAPSED_PER_ROUND_MAX)}`,
        [nowMs],
      ),
    )
    for (const { id } of due) {
      await this.database.write((tx) => this.#lapse(tx, id, nowMs))
      crashPoint('mall.after-ending')
    }
    return due.length > 0
  }

  async #cancel(
    tx: Tx,
    id: string,
    by: Pick<Ending, 'endedBy' | 'actor' | 'reason'> & {
      isTheirs: (exchange: MallExchange) => boolean
    },
  ): Promise<Ended> {
    const exchange = await this.#hold(tx, id)
    if (!exchange || !by.isTheirs(exchange)) return refuse('not_found')
    const isDone = exchange.state === 'cancelled' && exchange.endedBy === BY_MEMBER
    if (isDone && by.endedBy === BY_MEMBER) return { ok: true, exchange }
    const refusal = whyNotEnded(exchange, this.clock.nowMs())
    if (refusal) return refusal
    const ended = await this.#end(tx, exchange, { ...by, state: 'cancelled', isGivenBack: true })
    return { ok: true, exchange: ended }
  }

  async #lapse(tx: Tx, id: string, nowMs: number): Promise<void> {
    const exchange = await this.#hold(tx, id)
    const isDue = exchange?.state === 'waiting' && (exchange.fetchUntilMs ?? Infinity) <= nowMs
    if (!isDue) return
    const { gives } = await this.#termsOf(tx, exchange)
    await this.#end(tx, exchange, {
      ...{ state: 'lapsed', endedBy: LAPSE_ACTOR, reason: null, actor: LAPSE_ACTOR },
      isGivenBack: gives.kind === 'goods' && gives.lapse === 'back',
    })
  }

  /**
   * An exchange with its member and its item, locked in the order in which exchanging locks them. Who
   * has it is told by its row; a merge may give it to another record in between.
   */
  async #hold(tx: Tx, id: string): Promise<MallExchange | null> {
    for (let race = 1; race <= RACES_MAX; race += 1) {
      const [hint] = await tx.rows<MallExchange>('SELECT * FROM mall_exchange WHERE id = ?', [id])
      if (!hint) return null
      await this.members.lockPresent(tx, [hint.memberId])
      await itemsBy(tx, [hint.itemId])
      const [exchange] = await exchangesBy(tx, 'id', [id])
      if (exchange?.memberId === hint.memberId) return exchange
    }
    throw new Error(`exchange ${id} goes from record to record`)
  }

  async #end(tx: Tx, exchange: MallExchange, ending: Ending): Promise<MallExchange> {
    const nowMs = this.clock.nowMs()
    const { state, endedBy, reason, isGivenBack } = ending
    const returnTransferId = isGivenBack ? await this.#giveBack(tx, exchange, ending) : null
    const ended: MallExchange = {
      ...exchange,
      ...{ state, endedAtMs: nowMs, endedBy, reason, returnTransferId },
      returnedPoints: isGivenBack ? exchange.points : 0,
    }
    await putBack(tx, piecesOf([exchange]))
    const columns = ['state', 'endedAtMs', 'endedBy', 'reason'] as const
    await tx.updateEach(
      'mall_exchange',
      'id',
      [...columns, 'returnTransferId', 'returnedPoints'],
      [
        [
          exchange.id,
          ...columns.map((column) => ended[column]),
          returnTransferId,
          ended.returnedPoints,
        ],
      ],
    )
    crashPoint('mall.inside-ending')
    return ended
  }

  async #giveBack(tx: Tx, exchange: MallExchange, { state, actor }: Ending): Promise<string> {
    const { id, memberId, points, quantity, takenTransferId, expiresAtMs } = exchange
    const { name } = await this.#termsOf(tx, exchange)
    const book = await PointsBook.open(tx, [memberId])
    await book.readLots(tx, [memberId], [takenTransferId])
    const transferId = giveBackExchange(book, {
      ...{ exchangeId: id, memberId, points, takenTransferId, expiresAtMs },
      explanation: returnedInWords(name, quantity, state),
      ...{ actor, nowMs: this.clock.nowMs() },
    })
    await book.close(tx)
    return transferId
  }

  async #termsOf(tx: Tx, exchange: MallExchange) {
    const found = (await this.items.termsOf(tx, [exchange])).get(itemKey(exchange))
    if (!found) throw new Error(`exchange ${exchange.id} has no terms`)
    return found.terms
  }
}

/** Whether goods with these stores are fetched in this one: none named means every store. */
export function isFetchedIn(storeIds: readonly string[], storeId: string): boolean {
  return storeIds.length === 0 || storeIds.includes(storeId)
}

/** Why an exchange cannot be ended now; null where it waits. */
export function whyNotEnded({ state, fetchUntilMs }: MallExchange, nowMs: number): Refusal | null {
  if (state === 'given') return refuse('mall_coupon_given')
  if (state === 'fetched') return refuse('mall_fetched')
  if (state === 'cancelled') return refuse('mall_cancelled')
  if (state === 'lapsed' || (fetchUntilMs ?? Infinity) <= nowMs) return refuse('mall_lapsed')
  return null
}
