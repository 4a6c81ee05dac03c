import { expect, it } from '@jest/globals'
import type { CouponShop, Holder } from '../rig/coupons.js'
import { freshId } from '../rig/events.js'
import type { OfflineTill } from '../rig/offline-till.js'
import * as shopper from '../rig/shopper.js'

// What a member is told of redeeming without a network: stories of offline.spec.ts, on its server.

const HOUR_MS = 3_600_000
const LEFT = /^已留给“人民路店”断网时用，到 \d{4}-\d\d-\d\d \d\d:\d\d。/

interface Counter {
  shop: CouponShop
  /** Somebody with a coupon who bought at the till last, and the agent there. */
  regular: () => Promise<Holder>
  agentAt: () => OfflineTill
}

/** The wallet, and the copy of what is held. */
export function offlineDetailStories(counter: () => Counter): void {
  it('a member reads where a coupon is kept, when it was used, and has it all in their copy', async () => {
    const { shop, regular, agentAt } = counter()
    const { server } = shop
    const holder = await regular()
    const agent = agentAt()
    await agent.meets(holder.id)
    expect(await shop.wallet(holder.phone)).toMatchObject([
      { couponId: holder.couponId, leftWords: expect.stringMatching(LEFT) },
    ])
    agent.isOnline = false
    await agent.reads(holder.phone)
    await agent.coupons.reserve(agent.order(holder.id))
    agent.gives(holder.id, 7_000)
    const usedAtMs = server.clock.nowMs()
    server.clock.advance(13 * HOUR_MS)
    const [doubtful] = await shop.wallet(holder.phone)
    expect(doubtful?.leftWords).toBe('可能已在“人民路店”断网时用掉，等该店联网后确认。')
    agent.isOnline = true
    await agent.sends()
    // When the receipt was printed, not when it was heard of.
    const [used] = await shop.wallet(holder.phone, 'redeemed')
    expect(used?.used?.offFen).toBe(1_000)
    expect(Math.abs((used?.used?.atMs ?? 0) - usedAtMs)).toBeLessThan(HOUR_MS)

    const finding = {
      ...{ id: freshId(), kind: 'points_short', storeId: shop.till.enrolled.storeId, points: 285 },
      ...{ terminalId: shop.till.enrolled.terminalId, memberId: holder.id, atMs: usedAtMs },
      recordedAtMs: usedAtMs,
    }
    const stranger = { ...finding, id: freshId(), memberId: freshId(), points: 77_777 }
    await server.database.write((tx) =>
      tx.insert(
        'offline_finding',
        Object.keys(finding),
        [finding, stranger].map((row) => Object.values(row)),
      ),
    )
    const { token } = await shopper.phoneOf(server, holder.phone)
    const copy = (await server.fetch('/member/v1/copies', { token, json: {} })).body
    const { body } = await server.fetch(copy.jsonPath)
    expect(body.offlineAllowances).toMatchObject([
      { kind: 'coupon', couponId: holder.couponId, storeName: '人民路店', state: 'used' },
    ])
    expect(body.offlineFindings).toMatchObject([
      { kind: 'points_short', points: 285, storeName: '人民路店' },
    ])
    expect(JSON.stringify(body)).not.toContain('77777')
    const page = (await server.fetch(copy.textPath)).body
    for (const words of ['留给收银台断网时用的', '积分已不够，超出的记成欠分', '¥10.00'])
      expect(page).toContain(words)
  })
}
