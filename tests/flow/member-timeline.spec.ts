import { expect, it } from '@jest/globals'
import { timelinePageSchema, type TimelineItem } from '@huike/shared/contracts/console-members'
import { PURPOSE_TEXTS } from '@huike/shared/purposes'
import { ConsentService } from '../../server/consent/consent.service.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { assignment, checkout, freshId, refundOf, registration, undo } from '../rig/events.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'

// Everything that happened with one member, on one line.

const HOUR_MS = 3_600_000
const PHONE = '13712345678'

describeEachDatabase('the timeline of a member', (kit) => {
  let server: TestServer
  let till: TestTill
  let owner: ConsolePerson
  let memberId: string

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
    const event = registration(till, PHONE)
    await till.sendOne(event)
    memberId = event.memberId
    await aFewDays()
    owner = await signInAs(server, 'owner')
  })

  /** Registered, bought, brought back, was told something, agreed, was written to. */
  async function aFewDays(): Promise<void> {
    const lines = Array.from({ length: 12 }, (_, n) => ({
      name: `第${String(n + 1)}样`,
      code: null,
      quantityMilli: 1000,
      unitPriceFen: 500,
      amountFen: 500,
    }))
    server.clock.advance(HOUR_MS)
    const sale = checkout(till, {
      who: { by: 'member', memberId: memberId as never },
      receipt: { lines, totalFen: 6_000, payments: [{ method: 'cash', amountFen: 6_000 }] },
    })
    expect((await till.sendOne(sale)).status).toBe('accepted')
    server.clock.advance(HOUR_MS)
    await till.sendOne(refundOf(till, sale.receipt.receiptNo, 1_000))
    server.clock.advance(HOUR_MS)
    await consent('marketing', true)
    server.clock.advance(HOUR_MS)
    await message({ state: 'sent', channel: 'inbox', sentAtMs: server.clock.nowMs() })
    server.clock.advance(HOUR_MS)
    await message({ state: 'skipped', reason: 'quiet_hours', sentAtMs: null })
    server.clock.advance(HOUR_MS)
    await consent('marketing', false)
  }
  async function consent(purpose: 'marketing', isGranted: boolean): Promise<void> {
    const consents = server.app.get(ConsentService, { strict: false })
    await server.database.write((tx) =>
      consents.change(tx, {
        memberId,
        purpose,
        isGranted,
        policyVersion: PURPOSE_TEXTS[purpose].policyVersion,
        how: 'member_page',
        evidence: freshId(),
        nowMs: server.clock.nowMs(),
      }),
    )
  }
  async function message(of: {
    state: string
    channel?: string
    reason?: string
    sentAtMs: number | null
  }) {
    const nowMs = server.clock.nowMs()
    const contentId = freshId()
    const row = {
      id: freshId(),
      memberId,
      contentId,
      campaignId: null,
      purpose: 'marketing',
      channels: '',
      channel: of.channel ?? null,
      state: of.state,
      reason: of.reason ?? null,
      attempts: 0,
      nextAtMs: nowMs,
      unlessBoughtAfterMs: null,
      createdAtMs: nowMs,
      changedAtMs: nowMs,
      sentAtMs: of.sentAtMs,
      readAtMs: null,
      providerId: null,
    }
    await server.database.write(async (tx) => {
      const columns = ['id', 'title', 'body', 'createdAtMs']
      await tx.insert('message_content', columns, [[contentId, '回来看看', '有新货', nowMs]])
      await tx.insert('message', Object.keys(row), [Object.values(row)])
    })
  }
  async function page(query: Record<string, string> = {}) {
    const path = `members/${memberId}/timeline?${new URLSearchParams(query).toString()}`
    const reply = await owner.get(path)
    expect([reply.status, reply.body.code]).toEqual([200, undefined])
    return timelinePageSchema.strict().parse(reply.body)
  }
  async function everyItem(query: Record<string, string>): Promise<TimelineItem[]> {
    const seen: TimelineItem[] = []
    let cursor: string | null = null
    do {
      const { items, nextCursor } = await page({ ...query, ...(cursor ? { cursor } : {}) })
      expect(items.length).toBeLessThanOrEqual(Number(query['limit'] ?? 20))
      seen.push(...items)
      cursor = nextCursor
    } while (cursor !== null)
    return seen
  }
  const kindsOf = (items: readonly TimelineItem[]) => items.map(({ kind }) => kind)

  it('tells the whole story, newest first', async () => {
    const { items, nextCursor } = await page()
    expect(nextCursor).toBeNull()
    const [withdrawn, skipped, sent, granted, ...older] = items
    expect(withdrawn).toMatchObject({ kind: 'consent', title: '关闭优惠与活动消息' })
    expect(skipped).toMatchObject({
      kind: 'message',
      title: '回来看看',
      state: 'skipped',
      reason: 'quiet_hours',
      channel: null,
      campaignName: null,
    })
    expect(sent).toMatchObject({ kind: 'message', state: 'sent', channel: 'inbox', reason: null })
    expect(granted).toMatchObject({
      kind: 'consent',
      title: '同意接收优惠与活动消息',
      how: '会员在小程序里操作',
    })
    // What happened in one moment has no order of its own.
    expect(kindsOf(older.slice(0, 2)).sort()).toEqual(['points', 'purchase'])
    expect(kindsOf(older.slice(2, 4)).sort()).toEqual(['points', 'purchase'])
    expect(kindsOf(older.slice(4)).sort()).toEqual(['consent', 'registered'])
    expect(older.find((item) => item.kind === 'consent')).toMatchObject({ title: '登记时看到告知' })
    const times = items.map(({ atMs }) => atMs)
    expect([...times].sort((a, b) => b - a)).toEqual(times)
  })

  it('shows a purchase with its first ten lines, its place and its points', async () => {
    const { items } = await page({ kind: 'purchase' })
    expect(kindsOf(items)).toEqual(['purchase', 'purchase'])
    const [refund, sale] = items as (TimelineItem & { kind: 'purchase' })[]
    expect(refund).toMatchObject({ type: 'refund', totalFen: 1_000, points: -10 })
    expect(sale).toMatchObject({
      type: 'sale',
      channel: 'pos',
      storeName: '人民路店',
      terminalCode: '01',
      cashier: '1002',
      totalFen: 6_000,
      refundedFen: 1_000,
      points: 50,
      lineCount: 12,
    })
    expect(sale?.lines).toHaveLength(10)
    expect(sale?.lines[0]).toEqual({ name: '第1样', quantityMilli: 1000, amountFen: 500 })
    expect(sale?.lines[9]?.name).toBe('第10样')
  })

  it('shows points as they moved, signed, with the balance and the arithmetic', async () => {
    const { items } = await page({ kind: 'points' })
    expect(items).toMatchObject([
      { kind: 'points', points: -10, balanceAfterPoints: 50, title: '退款扣回积分' },
      { kind: 'points', points: 60, balanceAfterPoints: 60, title: '消费得积分' },
    ])
    expect((items[1] as { explanation: string }).explanation).toContain('60')
  })

  it('gives every kind by itself, and together as much as all of them', async () => {
    const all = await everyItem({ limit: '100' })
    const byKind = await Promise.all(
      ['purchase', 'points', 'message', 'consent'].map((kind) => everyItem({ kind })),
    )
    const apart = byKind.flat().map(({ id }) => id)
    const registered = all.filter(({ kind }) => kind === 'registered').map(({ id }) => id)
    expect([...apart, ...registered].sort()).toEqual(all.map(({ id }) => id).sort())
    expect(registered).toEqual([memberId])
  })

  it.each(['1', '2', '3'])('pages through it %s at a time, each item once', async (limit) => {
    const all = await everyItem({ limit: '100' })
    expect(await everyItem({ limit })).toEqual(all)
  })

  it('takes a cursor for a place, and refuses what was never given out', async () => {
    const [newest] = (await page()).items
    const empty = await page({ cursor: `1.${memberId}` })
    expect(empty).toEqual({ items: [], nextCursor: null })
    expect((await page({ cursor: `9999999999999.${memberId}` })).items[0]).toEqual(newest)
    for (const query of ['cursor=x', `cursor=1.${memberId}%27`, 'kind=registered', 'limit=101']) {
      const reply = await owner.get(`members/${memberId}/timeline?${query}`)
      expect([query, reply.status, reply.body.code]).toEqual([query, 422, 'input_invalid'])
    }
  })

  it('says that a receipt given by mistake was taken back', async () => {
    const sale = checkout(till, { receipt: { totalFen: 3_000 } })
    await till.sendOne(sale)
    const giving = assignment(till, sale.eventId, { by: 'member', memberId: memberId as never })
    await till.sendOne(giving)
    expect((await page({ kind: 'purchase' })).items).toHaveLength(3)
    await till.sendOne(undo(till, giving.eventId))
    expect((await page({ kind: 'purchase' })).items).toHaveLength(2)
    const [taken] = (await page({ kind: 'points' })).items
    expect(taken).toMatchObject({ points: -30, title: '消费记错会员，积分已撤回' })
  })
})
