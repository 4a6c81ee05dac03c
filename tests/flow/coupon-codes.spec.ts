import { afterEach, expect, it } from '@jest/globals'
import { codesReportSchema, COUPON_CODES_BYTES_MAX } from '@huike/shared/contracts/coupon-codes'
import { heldCouponSchema } from '@huike/shared/contracts/coupons'
import { templatesPageSchema } from '@huike/shared/contracts/console-coupons'
import { refundPreviewAnswerSchema } from '@huike/shared/contracts/spending'
import { CouponShop, couponTerms, NO_LIMITS, to } from '../rig/coupons.js'
import { describeEachDatabase } from '../rig/databases.js'
import { aKnownShopper, eraseNow } from '../rig/erasure.js'
import { assignment, checkout, freshId, refundOf, undo } from '../rig/events.js'
import { again } from '../rig/manager.js'
import type { TestServer } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'
import { expectProblem } from '../rig/wechat-shopper.js'

// Codes that were printed or sold elsewhere: brought in as a file, kept as hashes, used once by who
// types one first; and nobody finds one by trying.

const DAY_MS = 86_400_000
const WRONG_PER_DAY_MAX = 10
const UPLOAD = { 'content-type': 'application/octet-stream' }

describeEachDatabase('codes for coupons', (kit) => {
  let server: TestServer
  let shop: CouponShop
  let printed = 0

  // The limit by the minute is not what is tried here.
  const environment = { HUIKE_RATE_LIMIT_SCALE: '1000' }
  shareServer(
    kit,
    async (started) => {
      server = started
      shop = await CouponShop.open(server)
    },
    environment,
  )
  afterEach(() => shop.expectSumsAgree())

  const newCodes = (count: number) =>
    Array.from({ length: count }, () => {
      printed += 1
      return `HK${String(printed).padStart(10, '0')}`
    })
  const upload = (templateId: string, body: string | Uint8Array, by = shop.owner) =>
    by.fetch(`coupons/templates/${templateId}/codes`, {
      ...{ method: 'POST', body: body as BodyInit, headers: UPLOAD },
    })
  const taken = async (templateId: string, body: string) => {
    const reply = await upload(templateId, body)
    expect([reply.status, reply.body.code]).toEqual([200, undefined])
    return codesReportSchema.strict().parse(reply.body)
  }
  const summaryOf = async (templateId: string) =>
    (await shop.owner.fetch(`coupons/templates/${templateId}/codes`)).body
  const typed = async (phone: string, code: string) => {
    const { token } = await shopper.phoneOf(server, phone)
    return server.fetch('/member/v1/coupons/codes', { token, json: { code } })
  }
  /** A kind of coupon with codes of its own. */
  const sold = async (count: number, limits: object = {}) => {
    const { id } = await shop.template(couponTerms(), limits)
    const codes = newCodes(count)
    expect(await taken(id, codes.join('\n'))).toMatchObject({ added: count })
    return { id, codes }
  }

  it('are taken from a file, each once, and what is none is named', async () => {
    const { id } = await shop.template()
    const [a = '', b = '', c = ''] = newCodes(3)
    const file = `\ufeff券码,批次\r\n${a},1\r\n"${b}",1\r\n\r\n${a.toLowerCase()},2\r\n短,1\r\n12345,1\r\n${'9'.repeat(40)}\r\n="${c}"`
    expect(await taken(id, file)).toEqual({
      ...{ added: 3, known: 1, elsewhere: 0, onPosters: 0, faulty: 3 },
      faults: [
        { row: 6, reason: 'characters' },
        { row: 7, reason: 'short' },
        { row: 8, reason: 'long' },
      ],
    })
    expect(await taken(id, file)).toMatchObject({ added: 0, known: 4, faulty: 3 })
    const other = await shop.template()
    expect(await taken(other.id, `${a}\n${newCodes(1).join()}`)).toMatchObject({
      ...{ added: 1, known: 0, elsewhere: 1 },
    })
    expect(await summaryOf(id)).toEqual({ imported: 3, used: 0, stockLeft: null })
  })

  it('are taken once where the same file comes twice at the same moment, and many at a time', async () => {
    const { id } = await shop.template(couponTerms(), { stock: 5_000 })
    const file = newCodes(1_700).join('\r\n')
    const reports = await Promise.all([taken(id, file), taken(id, file)])
    expect(reports.reduce((sum, { added }) => sum + added, 0)).toBe(1_700)
    expect(reports.reduce((sum, { known }) => sum + known, 0)).toBe(1_700)
    expect(await summaryOf(id)).toEqual({ imported: 1_700, used: 0, stockLeft: 5_000 })
  })

  it('are nowhere in clear', async () => {
    const { codes } = await sold(1)
    const rows = await server.database.read((rx) => rx.rows('SELECT * FROM coupon_code'))
    expect(JSON.stringify(rows)).not.toContain(codes[0])
    expect(server.log.join('')).not.toContain(codes[0])
  })

  it('give their coupon to who types one, however it is written, once', async () => {
    const { id, codes } = await sold(2)
    const [one, other] = [await shop.member(), await shop.member()]
    const [code = ''] = codes
    const written = `${code.slice(0, 4)}-${code.slice(4, 8)} ${code.slice(8).toLowerCase()}`
    const first = await typed(one.phone, written)
    const held = heldCouponSchema.parse(first.body)
    expect(heldCouponSchema.parse((await typed(one.phone, code)).body)).toEqual(held)
    expectProblem(await typed(other.phone, code), 409, 'coupon_code_used')
    expect([await shop.wallet(one.phone), await shop.wallet(other.phone)]).toMatchObject([
      [{ couponId: held.couponId }],
      [],
    ])
    expect(await summaryOf(id)).toMatchObject({ imported: 2, used: 1 })
    const story = await shop.storyOf(held.code)
    expect(story.steps).toMatchObject([{ kind: 'issued', by: '会员本人' }])
  })

  it('give one coupon where twenty people type the same code at once', async () => {
    const { codes } = await sold(1)
    const people = await Promise.all(Array.from({ length: 20 }, () => shop.member()))
    const tokens = await Promise.all(people.map(({ phone }) => shopper.phoneOf(server, phone)))
    const replies = await Promise.all(
      tokens.map(({ token }) =>
        server.fetch('/member/v1/coupons/codes', { token, json: { code: codes[0] } }),
      ),
    )
    const told = replies.map(({ status, body }) => (status === 200 ? 'given' : body.code)).sort()
    expect(told).toEqual([...Array<string>(19).fill('coupon_code_used'), 'given'])
  })

  it('are not found by trying: who is wrong too often waits until tomorrow', async () => {
    const { codes } = await sold(2)
    const [code = '', mine = ''] = codes
    const guesser = await shop.member()
    expect((await typed(guesser.phone, mine)).status).toBe(200)
    const { token } = await shopper.phoneOf(server, guesser.phone)
    const guesses = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        server.fetch('/member/v1/coupons/codes', {
          ...{ token, json: { code: n % 2 === 0 ? `GUESS${String(n).padStart(6, '0')}` : '12' } },
        }),
      ),
    )
    const unknown = guesses.filter(({ body }) => body.code === 'coupon_code_unknown')
    expect(unknown).toHaveLength(WRONG_PER_DAY_MAX)
    expectProblem(await typed(guesser.phone, code), 429, 'coupon_code_locked')
    // What is theirs already is no guess.
    expect((await typed(guesser.phone, mine)).status).toBe(200)
    server.clock.advance(DAY_MS)
    expect((await typed(guesser.phone, code)).status).toBe(200)
  })

  it('keep to what their coupon allows, and stay unused where it does not', async () => {
    const { id, codes } = await sold(3, { stock: 1, memberMax: 1 })
    const [one, other] = [await shop.member(), await shop.member()]
    const [first = '', second = ''] = codes
    expect((await typed(one.phone, first)).status).toBe(200)
    expectProblem(await typed(one.phone, second), 409, 'coupon_member_max')
    expectProblem(await typed(other.phone, second), 409, 'coupon_out_of_stock')
    const limits = { ...NO_LIMITS, stock: 2, memberMax: 1 }
    const json = { terms: couponTerms(), limits, basedOnVersion: 1 }
    await shop.owner.fetch(`coupons/templates/${id}`, { json })
    expect((await typed(other.phone, second)).status).toBe(200)
    expect(await summaryOf(id)).toEqual({ imported: 3, used: 2, stockLeft: 0 })
  })

  it('are refused where the file is none, too large, or for nothing', async () => {
    const { id } = await shop.template()
    expectProblem(await upload(freshId(), 'ABCDEFGHIJ'), 404, 'not_found')
    const zip = Uint8Array.from([80, 75, 3, 4, 0, 0, 1])
    expectProblem(await upload(id, zip), 422, 'file_not_table')
    const large = 'A'.repeat(COUPON_CODES_BYTES_MAX + 1)
    expectProblem(await upload(id, large), 413, 'file_too_large')
    expect(await summaryOf(id)).toMatchObject({ imported: 0 })
  })

  it('handed out at an event pay at the till, and come back in parts to the fen', async () => {
    for (const refund of ['given_back', 'gone'] as const) {
      const { id: templateId } = await shop.template(couponTerms({ refund }))
      const [code = ''] = newCodes(1)
      await taken(templateId, code)
      const person = await shop.member()
      expect((await typed(person.phone, code)).status).toBe(200)
      const { sale, result } = await shop.rungUp(person.id, await shop.reserved(person.id))
      expect(result.code).toBeNull()
      const { receiptNo } = sale.receipt
      const preview = async (refundFen: number | null) => {
        const token = await shop.till.token()
        const json = { receiptNo, refundFen }
        const reply = await server.fetch('/agent/v1/points/refunds/preview', { token, json })
        return refundPreviewAnswerSchema.parse(reply.body).preview.coupons
      }
      const template = async () => {
        const { templates } = templatesPageSchema.parse(
          (await shop.owner.fetch('coupons/templates?limit=50')).body,
        )
        const { uses, spentFen } = templates.find(({ id }) => id === templateId) ?? {}
        return { uses, spentFen }
      }
      // ¥10.00 off three lines of ¥21.32 whose receipt says ¥70.00.
      expect(await preview(999)).toMatchObject({ offFen: 1_000, backFen: 142, returned: 0 })
      let left = 1_000
      for (let n = 1; n <= 69; n += 1) {
        const { backFen = 0 } = (await preview(100)) ?? {}
        const part = refundOf(shop.till, receiptNo, 100)
        await shop.till.send([part, part])
        left -= backFen
        expect(await template()).toEqual({ uses: 1, spentFen: left })
      }
      const isBack = refund === 'given_back'
      expect(await preview(null)).toMatchObject({ backFen: left, returned: isBack ? 1 : 0 })
      const last = refundOf(shop.till, receiptNo, 100)
      await shop.till.send([last, last])
      expect(await template()).toEqual({ uses: isBack ? 0 : 1, spentFen: 0 })
      expect(await shop.wallet(person.phone)).toHaveLength(isBack ? 1 : 0)
    }
  })

  it('pay what is kept of a sale that was returned in part before it was theirs', async () => {
    const { id, phone, templateId } = await shop.holder()
    const reservation = await shop.reserved(id)
    const sale = checkout(shop.till, { receipt: { totalFen: 7_000 } })
    await shop.till.sendOne(sale)
    await shop.till.sendOne(refundOf(shop.till, sale.receipt.receiptNo, 3_500))
    const giving = {
      ...assignment(shop.till, sale.eventId, to(id)),
      couponReservationId: reservation.reservationId,
    }
    expect((await shop.till.sendOne(giving)).code).toBeNull()
    const [row] = await server.database.read((rx) =>
      rx.rows<{ spentFen: number }>('SELECT spentFen FROM coupon_template WHERE id = ?', [
        templateId,
      ]),
    )
    expect(row?.spentFen).toBe(500)
    // The giving was a mistake: all of it goes back.
    await shop.till.sendOne(undo(shop.till, giving.eventId))
    expect(await shop.wallet(phone)).toHaveLength(1)
  })

  it('are nobody’s any more when who used one is erased, and stay used', async () => {
    const { codes } = await sold(1)
    const person = await aKnownShopper(server, shop.till)
    const phone = await again(server, person)
    expect((await phone.send('coupons/codes', { code: codes[0] })).status).toBe(200)
    expect((await phone.send('coupons/codes', { code: 'NOSUCHCODE00' })).status).toBe(404)
    await eraseNow(server, person)
    const rows = await server.database.read((rx) =>
      rx.rows(
        `SELECT memberId FROM coupon_code WHERE memberId = ?
         UNION ALL SELECT memberId FROM coupon_code_try WHERE memberId = ?`,
        [person.memberId, person.memberId],
      ),
    )
    expect(rows).toEqual([])
    expectProblem(await typed((await shop.member()).phone, codes[0] ?? ''), 409, 'coupon_code_used')
  })
})
