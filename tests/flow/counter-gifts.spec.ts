import { afterEach, expect, it } from '@jest/globals'
import {
  counterCountsSchema,
  type CouponTemplateView,
} from '@huike/shared/contracts/console-coupons'
import {
  counterGiftAnswerSchema,
  counterListAnswerSchema,
} from '@huike/shared/contracts/counter-gifts'
import type { StaffRole } from '@huike/shared/permissions'
import { signInAs } from '../rig/console-staff.js'
import { CouponShop, couponTerms, to } from '../rig/coupons.js'
import { describeEachDatabase } from '../rig/databases.js'
import { freshId } from '../rig/events.js'
import type { TestServer } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import { expectProblem } from '../rig/wechat-shopper.js'

// A cashier gives a coupon at the counter: with a reason, and no more in a day than the chain lets a
// store give, however many tills ask at once.

const DAY_MS = 86_400_000
const RACERS = 12

describeEachDatabase('a coupon that a cashier gives', (kit) => {
  let server: TestServer
  let shop: CouponShop

  shareServer(kit, async (started) => {
    server = started
    shop = await CouponShop.open(server)
  })
  afterEach(() => shop.expectSumsAgree())

  const kindOf = (counterDayMax: number | null, over = {}): Promise<CouponTemplateView> =>
    shop.template(couponTerms({ name: '道歉券' }), { counterDayMax, ...over })
  const give = (templateId: string, memberId: string, over: object = {}, from = shop.till) => {
    const asked = { requestId: freshId(), templateId, who: to(memberId), reason: 'sorry', ...over }
    return shop.ask('counter/give', asked, from)
  }
  const offered = async (templateId: string, from = shop.till) => {
    const { coupons } = counterListAnswerSchema.parse((await shop.ask('counter', {}, from)).body)
    return coupons.find((one) => one.templateId === templateId)
  }
  const countsOf = async (templateId: string) =>
    counterCountsSchema.parse(
      (await shop.owner.get(`coupons/templates/${templateId}/counter`)).body,
    )

  it('is in the wallet at once, and the console says which till gave it, and why', async () => {
    const { id } = await kindOf(3)
    const { id: memberId, phone } = await shop.member()
    expect(await offered(id)).toMatchObject({ name: '道歉券', leftToday: 3 })
    const reply = await give(id, memberId, { reason: 'missed' })
    expect(counterGiftAnswerSchema.parse(reply.body).gift).toMatchObject({
      ...{ name: '道歉券', state: 'issued' },
    })
    const [held] = await shop.wallet(phone)
    expect(held).toMatchObject({ name: '道歉券' })
    const story = await shop.storyOf(held?.code ?? '')
    expect(story).toMatchObject({ counterReason: 'missed', steps: [{ kind: 'issued' }] })
    expect(story.steps[0]?.by).toContain('收银台')
    expect((await countsOf(id)).stores).toMatchObject([{ today: 1, ever: 1 }])
    expect((await offered(id))?.leftToday).toBe(2)
  })

  it('is one for its request, however often the till asks, also once the day is used up', async () => {
    const { id } = await kindOf(1)
    const { id: memberId, phone } = await shop.member()
    const requestId = freshId()
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => give(id, memberId, { requestId })),
    )
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect((await countsOf(id)).stores).toMatchObject([{ today: 1, ever: 1 }])
    const other = await shop.member()
    expectProblem(await give(id, other.id, { requestId }), 409, 'idempotency_conflict')
    expectProblem(await give(id, other.id), 409, 'coupon_counter_day_max')
    // An answer was lost, and the cashier chose another reason.
    expect((await give(id, memberId, { requestId, reason: 'regular' })).status).toBe(200)
    const [held] = await shop.wallet(phone)
    expect((await shop.storyOf(held?.code ?? '')).counterReason).toBe('regular')
  })

  it('is given as often as the store may, by however many tills at one instant; each store for itself', async () => {
    const { id } = await kindOf(5)
    const people = await Promise.all(Array.from({ length: RACERS }, () => shop.member()))
    const replies = await Promise.all(people.map(({ id: memberId }) => give(id, memberId)))
    const codes = replies.map(({ status, body }) => (status === 200 ? 'given' : body.code)).sort()
    expect(codes).toEqual([
      ...Array<string>(RACERS - 5).fill('coupon_counter_day_max'),
      ...Array<string>(5).fill('given'),
    ])
    expect(await offered(id)).toBeUndefined()
    const [first] = people
    expect((await give(id, first?.id ?? '', {}, shop.other)).status).toBe(200)
    expect((await offered(id, shop.other))?.leftToday).toBe(4)
    server.clock.advance(DAY_MS)
    expect((await offered(id))?.leftToday).toBe(5)
    expect((await give(id, first?.id ?? '')).status).toBe(200)
    expect((await countsOf(id)).stores.map(({ today, ever }) => [today, ever])).toEqual([
      [1, 6],
      [0, 1],
    ])
  })

  it('is refused with why, and nothing is given', async () => {
    const closed = await kindOf(null)
    const stopped = await kindOf(2, { state: 'stopped' })
    const few = await kindOf(9, { stock: 1 })
    const each = await kindOf(9, { memberMax: 1 })
    const [one, other] = [await shop.member(), await shop.member()]
    expect(await offered(closed.id)).toBeUndefined()
    expect(await offered(stopped.id)).toBeUndefined()
    expect((await offered(few.id))?.leftToday).toBe(1)
    expectProblem(await give(closed.id, one.id), 409, 'coupon_counter_closed')
    expectProblem(await give(stopped.id, one.id), 409, 'coupon_template_stopped')
    expectProblem(await give(freshId(), one.id), 404, 'not_found')
    expectProblem(await give(few.id, freshId()), 404, 'member_not_found')
    expectProblem(await give(few.id, one.id, { reason: '看他顺眼' }), 422, 'input_invalid')
    expect((await give(few.id, one.id)).status).toBe(200)
    expectProblem(await give(few.id, other.id), 409, 'coupon_out_of_stock')
    expect((await give(each.id, one.id)).status).toBe(200)
    expectProblem(await give(each.id, one.id), 409, 'coupon_member_max')
    expect(await shop.wallet(other.phone)).toEqual([])
  })

  it('is counted by store for who may see coupons, of the stores they may see', async () => {
    const { id } = await kindOf(2)
    const { id: memberId } = await shop.member()
    await give(id, memberId)
    await give(id, memberId, {}, shop.other)
    const storesFor = async (role: StaffRole, storeIds: string[] = []) => {
      const person = await signInAs(server, role, storeIds)
      return (await person.get(`coupons/templates/${id}/counter`)).body.stores?.length
    }
    expect(await storesFor('analyst')).toBe(2)
    expect(await storesFor('manager', [shop.other.enrolled.storeId])).toBe(1)
    expect(await storesFor('cashier')).toBeUndefined()
  })
})
