import { expect, it } from '@jest/globals'
import { couponTemplateSchema } from '@huike/shared/contracts/console-coupons'
import { signInAs } from '../rig/console-staff.js'
import { CouponShop, couponTerms, NO_LIMITS } from '../rig/coupons.js'
import { describeEachDatabase } from '../rig/databases.js'
import { freshId } from '../rig/events.js'
import { shareServer } from '../rig/shared-server.js'

// Coupons as the console asks for them: one template at a time, and by whom of whose members.

describeEachDatabase('coupons in the console', (kit) => {
  let shop: CouponShop

  shareServer(kit, async (server) => {
    shop = await CouponShop.open(server)
  })

  it('are read one by one, and change their limits without another version', async () => {
    const { templateId } = await shop.holder()
    const path = `coupons/templates/${templateId}`
    const read = async () => couponTemplateSchema.parse((await shop.owner.get(path)).body)
    expect(await read()).toMatchObject({ id: templateId, version: 1, issued: 1, limits: NO_LIMITS })
    const limits = { ...NO_LIMITS, state: 'stopped' as const, stock: 5 }
    const changed = await shop.owner.post(path, {
      ...{ terms: couponTerms(), limits, basedOnVersion: 1, basedOnLimits: NO_LIMITS },
    })
    expect(changed.status).toBe(200)
    expect(await read()).toEqual(couponTemplateSchema.parse(changed.body))
    expect(await read()).toMatchObject({ version: 1, issued: 1, limits })
    const late = { terms: couponTerms(), limits: NO_LIMITS, basedOnVersion: 1 }
    const refused = await shop.owner.post(path, { ...late, basedOnLimits: NO_LIMITS })
    expect([refused.body.code, await read()]).toMatchObject(['coupon_template_changed', { limits }])
    const { body } = await shop.give(templateId, (await shop.member()).id)
    expect(body.code).toBe('coupon_template_stopped')
    expect((await shop.owner.get(`coupons/templates/${freshId()}`)).status).toBe(404)
  })

  it('are given to members of one’s own stores, and told of them alone', async () => {
    const { id, code, templateId } = await shop.holder()
    const gift = () => ({ requestId: freshId(), templateId, memberId: id, reason: '补偿' })
    const own = await signInAs(shop.server, 'manager', [shop.till.enrolled.storeId])
    const stranger = await signInAs(shop.server, 'manager', [shop.other.enrolled.storeId])
    expect((await own.post('coupons/given', gift())).status).toBe(200)
    expect((await own.get(`coupons/by-code/${code}`)).body.code).toBe(code)
    expect((await stranger.post('coupons/given', gift())).body.code).toBe('member_not_found')
    expect((await stranger.get(`coupons/by-code/${code}`)).body.code).toBe('coupon_not_found')
  })
})
