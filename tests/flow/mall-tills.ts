import { expect, it } from '@jest/globals'
import { lookupAnswerSchema } from '@huike/shared/contracts/agent'
import { consoleExchangeSchema } from '@huike/shared/contracts/console-mall'
import { pickupHandedOverSchema, pickupsFoundSchema } from '@huike/shared/contracts/till-pickups'
import { TerminalsService } from '../../server/stores/terminals.service.js'
import { freshId } from '../rig/events.js'
import { codeOf, GOODS, type MallMember, type MallShop } from '../rig/mall.js'
import { enrolTill, type Reply, type TestTill } from '../rig/server.js'

// Exchanges handed over at tills: stories of mall.spec.ts, on its server.

const DAY_MS = 86_400_000
const WRONG_MAX = 20
const MINUTES_10_MS = 10 * 60_000

interface Waiting {
  exchangeId: string
  code: string
}

/** Who fetches what, where, and what the cashier is told. */
export function mallTillStories(shop: () => MallShop): void {
  const here = () => shop().coupons.till
  const elsewhere = () => shop().coupons.other
  const send = async (till: TestTill, path: string, json: object): Promise<Reply> =>
    shop().server.fetch(`/agent/v1/${path}`, { token: await till.token(), json })
  const find = (till: TestTill, code: string) => send(till, 'pickups/find', { by: 'code', code })
  const found = async (till: TestTill, code: string) => {
    const { pickups } = pickupsFoundSchema.strict().parse((await find(till, code)).body)
    expect(pickups).toHaveLength(1)
    return pickups[0]!
  }
  const handOver = (till: TestTill, { exchangeId }: Waiting, requestId: string = freshId()) =>
    send(till, 'pickups/hand-over', {
      ...{ requestId, kind: 'exchange', pickupId: exchangeId, refundsSeen: 0 },
    })
  const waitingOf = async (till: TestTill, { id }: MallMember) => {
    const reply = await send(till, 'pickups/find', { by: 'member', memberId: id })
    return pickupsFoundSchema.parse(reply.body).pickups
  }
  const counted = async (till: TestTill, { id }: MallMember) => {
    const reply = await send(till, 'lookup', { by: 'member', memberId: id })
    return lookupAnswerSchema.parse(reply.body).member?.waitingPickups
  }
  const inConsole = async ({ code }: Waiting) => {
    const reply = await shop().owner.post('mall/exchanges/find', { text: code })
    return consoleExchangeSchema.parse(reply.body.exchanges[0])
  }

  it('is found at a till by its code or its member, masked, and handed over in this store', async () => {
    const name = '周年纪念款帆布袋'
    const by = await shop().member(1_000)
    const item = await shop().item({ name, gives: { ...GOODS, fetchDays: 3 } })
    const exchange = await shop().exchanged(by, item, { quantity: 2 })
    const pickup = await found(here(), exchange.code)
    expect(pickup).toEqual({
      ...{ kind: 'exchange', pickupId: exchange.exchangeId, memberId: by.id },
      ...{ orderName: null, refundedFen: 0, refunds: 0, isPreparing: false },
      lines: [{ name, quantityMilli: 2_000, returnedMilli: 0 }],
      ...{ nameMasked: null, phoneMasked: `${by.phone.slice(0, 3)}****${by.phone.slice(-4)}` },
      ...{ codeTail: exchange.code.slice(-4), madeAtMs: exchange.createdAtMs },
      ...{ untilMs: exchange.fetchUntilMs, why: null },
    })
    const later = await shop().exchanged(by, await shop().item({ name: '雨伞' }))
    expect(await counted(here(), by)).toBe(2)
    expect((await waitingOf(here(), by)).map(({ pickupId }) => pickupId)).toEqual([
      exchange.exchangeId,
      later.exchangeId,
    ])
    const requestId = freshId()
    const first = await handOver(here(), exchange, requestId)
    const handed = pickupHandedOverSchema.strict().parse(first.body)
    expect(handed).toMatchObject({ isNew: true, pickup: { why: { code: 'mall_fetched' } } })
    shop().server.clock.advance(60_000)
    // The answer was lost: the same request is told what it did.
    const again = pickupHandedOverSchema.parse((await handOver(here(), exchange, requestId)).body)
    expect(again).toMatchObject({ isNew: false, handedAtMs: handed.handedAtMs })
    expect(await counted(here(), by)).toBe(1)
    expect(await shop().one(by, exchange)).toMatchObject({
      state: 'fetched',
      storeName: '人民路店',
    })
    expect(await inConsole(exchange)).toMatchObject({
      ...{ state: 'fetched', endedBy: '收银台 01', storeName: '人民路店' },
    })
    expect(codeOf(await shop().cancel(by, exchange))).toBe('409 mall_fetched')
  })

  it('is handed over once by two tills and the console at the same moment', async () => {
    const by = await shop().member(1_000)
    const item = await shop().item()
    const second = await enrolTill(shop().server, { terminalCode: 'T2' })
    for (let round = 0; round < 5; round += 1) {
      const exchange = await shop().exchanged(by, item)
      const requestId = freshId()
      const replies = await Promise.all([
        ...[requestId, requestId].map((id) => handOver(here(), exchange, id)),
        handOver(here(), exchange),
        handOver(second, exchange),
        shop().handOver(exchange),
      ])
      const done = replies.filter((reply) => reply.status === 200)
      // What the same request is answered once more is no other hand-over.
      expect(done.filter(({ body }) => body.isNew !== false)).toHaveLength(1)
      for (const reply of replies)
        if (reply.status !== 200) expect(codeOf(reply)).toBe('409 mall_fetched')
      expect(await shop().one(by, exchange)).toMatchObject({ state: 'fetched' })
    }
  })

  it('says when and where it was handed over before, to whoever asks', async () => {
    const by = await shop().member(1_000)
    const item = await shop().item()
    const second = await enrolTill(shop().server, { terminalCode: 'T2' })
    const atTill = await shop().exchanged(by, item)
    expect(codeOf(await handOver(here(), atTill))).toBe('ok')
    const atDesk = await shop().exchanged(by, item)
    expect(codeOf(await shop().handOver(atDesk))).toBe('ok')
    for (const [till, exchange, sentence] of [
      [here(), atTill, /^\d+月\d+日 \d\d:\d\d 已由本收银台交付，不能再领$/],
      [second, atTill, /^\d+月\d+日 \d\d:\d\d 已在本店（收银台 01）领取，不能再领$/],
      [elsewhere(), atTill, /^\d+月\d+日 \d\d:\d\d 已在人民路店（收银台 01）领取，不能再领$/],
      [here(), atDesk, /^\d+月\d+日 \d\d:\d\d 已在本店领取，不能再领$/],
    ] as const) {
      expect(await found(till, exchange.code)).toMatchObject({
        why: { code: 'mall_fetched', sentence: expect.stringMatching(sentence) },
      })
      const refused = await handOver(till, exchange)
      expect([codeOf(refused), refused.body.detail]).toEqual([
        ...['409 mall_fetched', expect.stringMatching(sentence)],
      ])
    }
  })

  it('is not handed over in another store, cancelled or late, and says so in words', async () => {
    const by = await shop().member(1_000)
    const item = await shop().item({
      gives: { ...GOODS, storeIds: [elsewhere().enrolled.storeId], fetchDays: 1 },
    })
    const there = await shop().exchanged(by, item)
    expect(await counted(here(), by)).toBe(0)
    expect(await waitingOf(here(), by)).toEqual([])
    expect(await counted(elsewhere(), by)).toBe(1)
    const wrong = '不能在本店领取，请到建设路店领取'
    expect((await found(here(), there.code)).why).toEqual({ code: 'mall_store', sentence: wrong })
    const refused = await handOver(here(), there)
    expect([codeOf(refused), refused.body.detail]).toEqual(['409 mall_store', wrong])
    expect(await shop().one(by, there)).toMatchObject({ state: 'waiting' })
    const cancelled = await shop().exchanged(by, item)
    await shop().cancel(by, cancelled)
    const gone = await handOver(elsewhere(), cancelled)
    expect([codeOf(gone), gone.body.detail]).toEqual([
      ...[
        '409 mall_cancelled',
        expect.stringMatching(/^\d+月\d+日 \d\d:\d\d 已经取消，积分已退回/),
      ],
    ])
    shop().server.clock.advance((there.fetchUntilMs ?? 0) - shop().server.clock.nowMs())
    const late = await handOver(elsewhere(), there)
    expect([codeOf(late), late.body.detail]).toEqual([
      ...['409 mall_lapsed', expect.stringMatching(/^领取期限到\d+月\d+日，已经过了$/)],
    ])
    expect(await counted(elsewhere(), by)).toBe(0)
    await shop().lapse()
    expect((await found(elsewhere(), there.code)).why?.code).toBe('mall_lapsed')
  })

  it('is not found by trying codes out, whatever tokens a till has, nor by a till that was stopped', async () => {
    const by = await shop().member(1_000)
    const exchange = await shop().exchanged(by, await shop().item())
    const till = await enrolTill(shop().server, { terminalCode: 'T9' })
    const wrong = () => find(till, String(Number(exchange.code.slice(1)) % 10).padStart(10, '0'))
    for (let n = 0; n < WRONG_MAX; n += 1) expect(codeOf(await wrong())).toBe('404 pickup_unknown')
    const refused = await find(till, exchange.code)
    expect([codeOf(refused), refused.body.detail]).toEqual([
      ...['429 rate_limited', expect.stringContaining('10 分钟后再试')],
    ])
    expect((await find(here(), exchange.code)).status).toBe(200)
    shop().server.clock.advance(MINUTES_10_MS)
    expect((await find(till, exchange.code)).status).toBe(200)
    for (const code of ['123', '12345678901', 'abcdefghij'])
      expect(codeOf(await find(till, code))).toBe('422 input_invalid')
    expect(codeOf(await handOver(till, { exchangeId: freshId(), code: '' }))).toBe('404 not_found')
    const nobody = await send(till, 'pickups/find', { by: 'member', memberId: freshId() })
    expect(codeOf(nobody)).toBe('404 member_not_found')
    await shop()
      .server.app.get(TerminalsService, { strict: false })
      .revoke(till.enrolled.terminalId)
    expect(codeOf(await handOver(till, exchange))).toBe('403 terminal_revoked')
    expect(await shop().one(by, exchange)).toMatchObject({ state: 'waiting' })
    shop().server.clock.advance(DAY_MS)
  })

  it('is no coupon, whoever asks', async () => {
    const template = await shop().coupons.template()
    const gives = { kind: 'coupon' as const, templateId: template.id }
    const by = await shop().member(1_000)
    const reply = await shop().ask(by, await shop().item({ gives }))
    const { exchangeId } = reply.body.exchange as Waiting
    expect(codeOf(await handOver(here(), { exchangeId, code: '' }))).toBe('409 mall_coupon_given')
    expect(await counted(here(), by)).toBe(0)
  })
}
