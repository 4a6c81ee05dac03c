import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  creditFaults,
  SubscriptionCreditsService,
  type MessageCredit,
} from '../../server/messages/subscription-credits.service.js'
import { mintId } from '../../server/platform/ids.js'
import { describeEachDatabase } from '../rig/databases.js'
import { type TestServer } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import { newWechatShopper } from '../rig/wechat-shopper.js'

// The ledger of subscription credits: whatever is done in whatever order, the balance is the sum of
// the entries, never below zero, and no message goes out without a credit.

const PROPERTY_RUNS = 25
const TEMPLATES = ['template-a', 'template-b']

const operation = fc.record({
  do: fc.constantFrom('accepted', 'spend', 'giveBack', 'refused'),
  person: fc.nat({ max: 1 }),
  template: fc.nat({ max: 1 }),
  /** Of a prompt or a message: few, so that they are told again. */
  told: fc.nat({ max: 3 }),
})
type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never

/** What the ledger must be, worked out in the plainest way. */
class Model {
  readonly credits = new Map<string, number>()
  readonly #asked = new Set<string>()
  readonly #held = new Set<string>()
  readonly #spent = new Map<string, number>()
  readonly #refused = new Set<string>()

  /** Answers what the service must answer. */
  run({ do: what, person, template, told }: Operation): boolean | undefined {
    const key = `${String(person)}|${String(template)}`
    const message = `${key}|${String(told)}`
    const left = this.credits.get(key) ?? 0
    switch (what) {
      case 'accepted': {
        const asked = `${String(template)}|${String(told)}`
        if (this.#asked.has(asked)) return false
        this.#asked.add(asked)
        this.credits.set(key, left + 1)
        return true
      }
      case 'spend':
        if (this.#held.has(message)) return true
        if (left === 0) return false
        this.#held.add(message)
        this.#spent.set(message, (this.#spent.get(message) ?? 0) + 1)
        this.credits.set(key, left - 1)
        return true
      case 'giveBack':
        if (!this.#held.delete(message)) return false
        this.credits.set(key, left + 1)
        return true
      case 'refused': {
        const refusal = `${message}|${String(this.#spent.get(message) ?? 0)}`
        if (!this.#refused.has(refusal)) this.credits.set(key, 0)
        this.#refused.add(refusal)
        return undefined
      }
    }
  }
}

describeEachDatabase('the ledger of subscription credits', (kit) => {
  let server: TestServer
  let credits: SubscriptionCreditsService

  shareServer(kit, (started) => {
    server = started
    credits = server.app.get(SubscriptionCreditsService, { strict: false })
  })

  async function newIdentity(): Promise<string> {
    const { memberId } = await newWechatShopper(server)
    const [row] = await server.database.read((rx) =>
      rx.rows<{ id: string }>(
        "SELECT id FROM identity WHERE memberId = ? AND kind = 'wechat_openid'",
        [memberId],
      ),
    )
    if (!row) throw new Error('no identity')
    return row.id
  }

  const faults = () => server.database.read((rx) => creditFaults(rx))
  const newId = () => mintId(server.clock.nowMs())

  async function left(identityId: string, templateId = 'template-a'): Promise<number> {
    const found = await server.database.read((rx) =>
      credits.creditsOf(rx, [identityId], [templateId]),
    )
    return found.get(identityId)?.get(templateId) ?? 0
  }

  function run(tag: string, identities: string[], one: Operation): Promise<boolean | undefined> {
    const identityId = identities[one.person] ?? ''
    const templateId = TEMPLATES[one.template] ?? ''
    const nowMs = server.clock.nowMs()
    const told = `${tag}${String(one.told)}`
    const credit: MessageCredit = { identityId, templateId, messageId: told, nowMs }
    return server.database.write(async (tx) => {
      if (one.do === 'accepted')
        return credits.accepted(tx, { identityId, templateId, askId: told, nowMs })
      if (one.do === 'spend') return credits.spend(tx, credit)
      if (one.do === 'giveBack') return credits.giveBack(tx, credit)
      await credits.refused(tx, credit)
      return undefined
    })
  }

  it('agrees with its entries after any operations in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 30 }), async (operations) => {
        const identities = [newId(), newId()]
        const tag = newId().slice(1)
        const model = new Model()
        for (const one of operations)
          expect([one, await run(tag, identities, one)]).toEqual([one, model.run(one)])
        for (const [person, identityId] of identities.entries())
          for (const [template, templateId] of TEMPLATES.entries())
            expect(await left(identityId, templateId)).toBe(
              model.credits.get(`${String(person)}|${String(template)}`) ?? 0,
            )
        expect(await faults()).toEqual([])
      }),
      { numRuns: PROPERTY_RUNS },
    )
  }, 60_000)

  it('lets five of twenty messages go out when there are five credits', async () => {
    const identityId = await newIdentity()
    const templateId = 'template-a'
    const nowMs = server.clock.nowMs()
    await Promise.all(
      Array.from({ length: 5 }, () =>
        server.database.write((tx) =>
          credits.accepted(tx, { identityId, templateId, askId: newId(), nowMs }),
        ),
      ),
    )
    expect(await left(identityId)).toBe(5)
    const spent = await Promise.all(
      Array.from({ length: 20 }, () =>
        server.database.write((tx) =>
          credits.spend(tx, { identityId, templateId, messageId: newId(), nowMs }),
        ),
      ),
    )
    expect(spent.filter(Boolean)).toHaveLength(5)
    expect(await left(identityId)).toBe(0)
    expect(await faults()).toEqual([])
  })

  it('spends again what a message gave back, when it is tried again', async () => {
    const identityId = await newIdentity()
    const credit = { identityId, templateId: 'template-a', messageId: newId(), nowMs: 1 }
    await server.database.write((tx) => credits.accepted(tx, { ...credit, askId: newId() }))
    for (let tries = 0; tries < 3; tries += 1) {
      expect(await server.database.write((tx) => credits.spend(tx, credit))).toBe(true)
      expect(await left(identityId)).toBe(0)
      expect(await server.database.write((tx) => credits.giveBack(tx, credit))).toBe(true)
      expect(await server.database.write((tx) => credits.giveBack(tx, credit))).toBe(false)
    }
    expect(await left(identityId)).toBe(1)
  })

  it('names a balance that was tampered with', async () => {
    const identityId = await newIdentity()
    const credit = { identityId, templateId: 'template-a', nowMs: 1 }
    await server.database.write((tx) => credits.accepted(tx, { ...credit, askId: newId() }))
    const set = (value: number) =>
      server.database.write((tx) =>
        tx.run('UPDATE subscription_balance SET credits = ? WHERE identityId = ?', [
          value,
          identityId,
        ]),
      )
    await set(9)
    expect(await faults()).toEqual([
      { identityId, templateId: 'template-a', entries: 1, balance: 9 },
    ])
    await set(1)
    expect(await faults()).toEqual([])
  })
})
