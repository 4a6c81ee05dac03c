import { expect, it } from '@jest/globals'
import { hotItemsSchema } from '@huike/shared/contracts/console-mall-report'
import { localTime } from '@huike/shared/local-time'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { MergeMembersService } from '../../server/flows/merge-members.service.js'
import type { SqlRow, SqlValue } from '../../server/platform/database.js'
import { couponTerms } from '../rig/coupons.js'
import { askDeletion, COOLING_OFF_DAYS, deletionOf, drainErasures } from '../rig/erasure.js'
import { freshId } from '../rig/events.js'
import { codeOf, GOODS, type MallMember, type MallShop } from '../rig/mall.js'
import * as shopper from '../rig/shopper.js'

// Exchanges when records become one and two again, when a person goes, and when somebody changes the
// database by hand: stories of mall.spec.ts, on its server.

const DAY_MS = 86_400_000

/** Who has what, and what the books say of it. */
export function mallBookStories(shop: () => MallShop): void {
  const merging = () => shop().server.app.get(MergeMembersService, { strict: false })
  const nowMs = () => shop().server.clock.nowMs()

  async function merge(survivor: MallMember, absorbed: MallMember): Promise<string> {
    const merged = await merging().merge({
      ...{ survivorId: survivor.id, absorbedId: absorbed.id, moveHistory: true, how: 'chosen' },
      ...{ pairId: null, by: shop().owner.id, idempotency: null, nowMs: nowMs() },
    })
    if (!merged.ok) throw new Error(merged.code)
    return merged.merge.id
  }
  const unmerge = (mergeId: string) => merging().undo({ mergeId, by: null, nowMs: nowMs() })

  it('goes with the record of its member, and comes back with it', async () => {
    const item = await shop().item({}, { stock: 10, memberMax: 3 })
    const [absorbed, survivor] = [await shop().member(300), await shop().member(1_000)]
    // Somebody who never signed in does not outlive somebody who did.
    expect(await shop().spendableOf(survivor)).toBe(1_000)
    const first = await shop().exchanged(absorbed, item)
    const second = await shop().exchanged(absorbed, item)
    shop().server.clock.advance(1)
    const mergeId = await merge(survivor, absorbed)
    // Two of three are theirs by now.
    expect(codeOf(await shop().ask(survivor, item, { quantity: 2 }))).toBe('409 mall_member_max')
    expect(await shop().spendableOf(survivor)).toBe(1_100)
    expect(codeOf(await shop().cancel(survivor, first))).toBe('ok')
    expect(await shop().spendableOf(survivor)).toBe(1_200)
    const own = await shop().exchanged(survivor, item)
    shop().server.clock.advance(1)
    expect(await unmerge(mergeId)).toMatchObject({ ok: true, changes: { points: { since: 100 } } })
    // What came back in between is of the record whose exchange it was.
    expect(await shop().spendableOf(absorbed)).toBe(200)
    expect(await shop().spendableOf(survivor)).toBe(900)
    expect(await shop().one(absorbed, first)).toMatchObject({ state: 'cancelled' })
    expect(codeOf(await shop().cancel(absorbed, second))).toBe('ok')
    expect(await shop().spendableOf(absorbed)).toBe(300)
    expect(await shop().one(survivor, own)).toMatchObject({ state: 'waiting' })
    expect((await shop().get(survivor, `/exchanges/${second.exchangeId}`)).status).toBe(404)
    // Once more, so that nothing is counted twice.
    shop().server.clock.advance(1)
    const again = await merge(survivor, absorbed)
    shop().server.clock.advance(1)
    expect(await unmerge(again)).toMatchObject({ ok: true, changes: { points: { since: 0 } } })
    expect(await shop().spendableOf(absorbed)).toBe(300)
  })

  it('waits for nobody who is forgotten, and is told before', async () => {
    const item = await shop().item({}, { stock: 1 })
    const by = await shop().member(150)
    const exchange = await shop().exchanged(by, item)
    const { token, get } = await shopper.phoneOf(shop().server, by.phone)
    const send = (path: string, json: unknown) =>
      shop().server.fetch(`/member/v1/${path}`, { token, json, method: 'POST' })
    expect(await deletionOf({ get, send })).toMatchObject({ waitingPieces: 1 })
    await askDeletion({ get, send })
    expect(codeOf(await shop().ask(by, item))).toBe('409 deletion_waiting')
    shop().server.clock.advance(COOLING_OFF_DAYS * DAY_MS)
    await drainErasures(shop().server)
    expect(codeOf(await shop().handOver(exchange))).toBe('409 mall_lapsed')
    expect(await shop().itemNow(item)).toMatchObject({ taken: 0, waiting: 0 })
    const row = await rowOf('mall_exchange', exchange.exchangeId)
    expect(row).toMatchObject({ state: 'lapsed', code: null, reason: null, returnedPoints: 0 })
  })

  it('is told by item and by category as plain SQL counts it', async () => {
    shop().server.clock.advance(40 * DAY_MS)
    const day = () => localTime(nowMs(), CHAIN_TIME_ZONE).slice(0, 10)
    const fromDate = day()
    const drink = await shop().item({ name: '奶茶', category: '饮品', pricePoints: 30 })
    const bag = await shop().item({ category: '生活', pricePoints: 50 })
    const by = await shop().member(5_000)
    await shop().exchanged(by, drink, { quantity: 3 })
    await shop().exchanged(await shop().member(100), drink)
    const cancelled = await shop().exchanged(by, bag, { quantity: 2 })
    await shop().cancel(by, cancelled)
    await shop().exchanged(by, bag)
    // Called otherwise, and put elsewhere: what was exchanged before stays in its category.
    const terms = { name: '大帆布袋', category: '收藏', pricePoints: 70 }
    const changed = await shop().change(bag, { terms })
    shop().server.clock.advance(DAY_MS)
    await shop().exchanged(by, changed.body as typeof bag, { quantity: 2 })
    const read = async (from: string, to: string) =>
      hotItemsSchema
        .strict()
        .parse((await shop().owner.get(`points/exchanges?fromDate=${from}&toDate=${to}`)).body)
    const report = await read(fromDate, day())
    expect(report.categories).toEqual([
      { category: '收藏', exchanges: 1, pieces: 2, points: 140, endedExchanges: 0 },
      { category: '饮品', exchanges: 2, pieces: 4, points: 120, endedExchanges: 0 },
      { category: '生活', exchanges: 1, pieces: 1, points: 50, endedExchanges: 1 },
    ])
    expect(report.items.map(({ name, pieces, points }) => [name, pieces, points])).toEqual([
      ['大帆布袋', 3, 190],
      ['奶茶', 4, 120],
    ])
    expect((await read(fromDate, fromDate)).total).toMatchObject({ points: 170, exchanges: 3 })
    // Over all days: what the points book spent for exchanges, less what it gave back.
    const whole = await read(localTime(nowMs() - 300 * DAY_MS, CHAIN_TIME_ZONE).slice(0, 10), day())
    const [sums] = await shop().server.database.read((rx) =>
      rx.rows<{ spent: number | string; back: number | string }>(
        `SELECT SUM(CASE WHEN reason = 'exchanged' THEN points ELSE 0 END) AS spent,
           SUM(CASE WHEN reason = 'exchange_returned' THEN points ELSE 0 END) AS back
         FROM points_transfer`,
      ),
    )
    expect(whole.total.points).toBe(Number(sums?.spent) - Number(sums?.back))
    expect(whole.categories.reduce((sum, { points }) => sum + points, 0)).toBe(whole.total.points)
    const long = await shop().owner.get('points/exchanges?fromDate=2020-01-01&toDate=2026-01-01')
    expect(codeOf(long)).toBe('422 input_invalid')
  })

  async function rowOf(table: string, id: string): Promise<SqlRow> {
    const key = table === 'mall_version' || table === 'mall_pickup' ? 'itemId' : 'id'
    const [row] = await shop().server.database.read((rx) =>
      rx.rows(`SELECT * FROM ${table} WHERE ${key} = ?`, [id]),
    )
    if (!row) throw new Error(`no ${table} ${id}`)
    return row
  }

  /** What the verifier says while a row has another value; the row is put back. */
  async function foundWith(
    table: string,
    row: SqlRow,
    change: Record<string, SqlValue> | null,
  ): Promise<string[]> {
    const key = 'id' in row ? 'id' : 'itemId'
    const write = (work: SqlRow | null) =>
      shop().server.database.write(async (tx) => {
        await tx.run(`DELETE FROM ${table} WHERE ${key} = ?`, [row[key] ?? null])
        if (work) await tx.insert(table, Object.keys(work), [Object.values(work)])
      })
    await write(change && { ...row, ...change })
    const found = await shop().findings()
    await write(row)
    return found
  }

  it('is missed by the verifier wherever somebody changes it by hand', async () => {
    const { database } = shop().server
    const { storeId } = shop().coupons.till.enrolled
    const goods = await shop().item(
      { gives: { ...GOODS, storeIds: [storeId] } },
      { stock: 9, memberMax: 9, periodMax: { period: 'week', count: 9 } },
    )
    const template = await shop().coupons.template(couponTerms())
    const coupon = await shop().item({ gives: { kind: 'coupon', templateId: template.id } })
    const by = await shop().member(1_000)
    const stranger = await shop().member()
    const waiting = await shop().exchanged(by, goods)
    const cancelled = await shop().exchanged(by, goods)
    expect(codeOf(await shop().cancel(by, cancelled))).toBe('ok')
    const given = await shop().exchanged(by, coupon)
    const exchange = 'mall_exchange'
    const cases: [string, string, Record<string, SqlValue> | null, string][] = [
      [
        exchange,
        waiting.exchangeId,
        { points: 99 },
        'its transfer took another number of points, or not then',
      ],
      [
        exchange,
        waiting.exchangeId,
        { createdAtMs: 1 },
        'its transfer took another number of points, or not then',
      ],
      [exchange, waiting.exchangeId, { quantity: 2 }, 'is not what its item promised'],
      [
        exchange,
        waiting.exchangeId,
        { memberId: stranger.id },
        'its points were those of another member',
      ],
      [
        exchange,
        waiting.exchangeId,
        { takenTransferId: freshId() },
        'the transfer that took its points is missing',
      ],
      [exchange, waiting.exchangeId, { itemId: coupon.id }, 'is not what its item promised'],
      [exchange, waiting.exchangeId, { version: 7 }, 'what its item promised is missing'],
      [
        exchange,
        waiting.exchangeId,
        { state: 'cancelled' },
        'is cancelled, and its points are not where they belong',
      ],
      [
        exchange,
        waiting.exchangeId,
        { state: 'given' },
        'is given, and its points are not where they belong',
      ],
      [
        exchange,
        waiting.exchangeId,
        { returnedPoints: 100 },
        'is waiting, and its points are not where they belong',
      ],
      [
        exchange,
        cancelled.exchangeId,
        { state: 'waiting' },
        'is waiting, and its points are not where they belong',
      ],
      [
        exchange,
        cancelled.exchangeId,
        { returnedPoints: 0 },
        'is cancelled, and its points are not where they belong',
      ],
      [
        exchange,
        given.exchangeId,
        { couponId: null },
        'its coupon is missing, or was given for something else',
      ],
      [
        exchange,
        given.exchangeId,
        { couponId: freshId() },
        'its coupon is missing, or was given for something else',
      ],
      ['mall_item', goods.id, { taken: 5 }, 'its count is not that of its exchanges'],
      ['mall_item', goods.id, { stock: 10 }, 'is not as it was published'],
      ['mall_item', goods.id, { memberMax: null }, 'is not as it was published'],
      ['mall_item', goods.id, { periodMax: 1 }, 'is not as it was published'],
      ['mall_item', goods.id, { state: 'stopped' }, 'is not as it was published'],
      ['mall_item', goods.id, { version: 2 }, 'what it promises is missing'],
      ['mall_version', goods.id, null, 'what it promises is missing'],
      ['mall_version', goods.id, { limits: '{}' }, 'is not as it was published'],
      ['mall_pickup', goods.id, { storeId: freshId() }, 'its stores are not those it names'],
      ['mall_pickup', goods.id, null, 'its stores are not those it names'],
    ]
    for (const [table, id, change, what] of cases) {
      const found = await foundWith(table, await rowOf(table, id), change)
      expect([table, change, found.some((one) => one.endsWith(what))]).toEqual([
        table,
        change,
        true,
      ])
    }
    const terms = String((await rowOf('mall_version', goods.id))['terms'])
    const cheaper = { terms: terms.replace('"pricePoints":100', '"pricePoints":1') }
    const renamed = { terms: terms.replace('帆布袋', '金条') }
    const row = await rowOf('mall_version', goods.id)
    expect(await foundWith('mall_version', row, cheaper)).toEqual(
      expect.arrayContaining(['mall_exchange: is not what its item promised']),
    )
    expect(await foundWith('mall_version', row, renamed)).toEqual(
      expect.arrayContaining(['mall_exchange: is not what was exchanged then']),
    )
    // An exchange that is gone, and a transfer that is gone.
    const gone = await foundWith(exchange, await rowOf(exchange, waiting.exchangeId), null)
    expect(gone).toEqual(expect.arrayContaining(['points_transfer: its exchange is missing']))
    const [transfer] = await database.read((rx) =>
      rx.rows("SELECT * FROM points_transfer WHERE reason = 'exchanged' AND sourceKey = ?", [
        waiting.exchangeId,
      ]),
    )
    if (!transfer) throw new Error('no transfer')
    expect(await foundWith('points_transfer', transfer, null)).toEqual(
      expect.arrayContaining(['mall_exchange: the transfer that took its points is missing']),
    )
  })
}
