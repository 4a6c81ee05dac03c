import { describe, expect, it } from '@jest/globals'
import { ConsentService } from '../../server/consent/consent.service.js'
import { ProfilesService } from '../../server/members/profiles.service.js'
import { WechatIdentitiesService } from '../../server/members/wechat-identities.service.js'
import { InboxService } from '../../server/messages/inbox.service.js'
import { SubscriptionCreditsService } from '../../server/messages/subscription-credits.service.js'
import type { SqlParameter, Tx } from '../../server/platform/database.js'
import { mintId } from '../../server/platform/ids.js'
import { withKit } from '../rig/databases.js'
import { type TestServer } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'

// What the shopper's corner asks the database finds its rows by a key, however many there are, and
// in their order: asked of SQLite for the statements that were really sent.

interface Sent {
  sql: string
  parameters: readonly SqlParameter[]
}

describe("statements of the shopper's corner", () => {
  withKit('sqlite', (kit) => {
    let server: TestServer

    shareServer(kit, (started) => {
      server = started
    })

    function get<T>(type: abstract new (...args: never[]) => T): T {
      return server.app.get<T>(type, { strict: false })
    }

    /** Runs `work` and answers how each statement it sent is carried out. */
    async function plansOf(work: (tx: Tx) => Promise<unknown>): Promise<string[]> {
      const sent: Sent[] = []
      return server.database.write(async (tx) => {
        const recording: Tx = {
          dialect: tx.dialect,
          manager: tx.manager,
          forUpdate: tx.forUpdate,
          rows: (sql, parameters = []) => {
            sent.push({ sql, parameters })
            return tx.rows(sql, parameters)
          },
          run: (sql, parameters = []) => {
            sent.push({ sql, parameters })
            return tx.run(sql, parameters)
          },
          insert: (table, columns, rows) => tx.insert(table, columns, rows),
          replaceEach: (table, key, column, rows) => tx.replaceEach(table, key, column, rows),
          updateEach: (table, key, columns, rows) => tx.updateEach(table, key, columns, rows),
        }
        await work(recording)
        const plans: string[] = []
        for (const { sql, parameters } of sent) {
          const steps = await tx.rows<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, parameters)
          plans.push(...steps.map(({ detail }) => detail))
        }
        return plans
      })
    }

    const faultsOf = (plans: string[]) =>
      plans.filter((step) => /SCAN (?!json_each)|TEMP B-TREE/.test(step))

    it('go by key', async () => {
      const memberId = mintId(1)
      const credit = { identityId: mintId(1), templateId: 't', messageId: mintId(1), nowMs: 1 }
      const plans = await plansOf(async (tx) => {
        const before = { sentAtMs: 1, id: mintId(1) }
        const inbox = get(InboxService)
        await inbox.page(tx, { memberId, before: null, limit: 20 })
        await inbox.page(tx, { memberId, before, limit: 20 })
        await inbox.countsOf(tx, memberId)
        await inbox.markRead(tx, { memberId, ids: [mintId(1)], nowMs: 1 })
        const profiles = get(ProfilesService)
        await profiles.profilesOf(tx, [memberId])
        await profiles.change(tx, memberId, { name: null, birthday: null }, 1)
        const change = { memberId, purpose: 'marketing', policyVersion: '', nowMs: 1 } as const
        const consents = get(ConsentService)
        await consents.change(tx, { ...change, isGranted: false, how: 'member_page', evidence: '' })
        await consents.statesOf(tx, [memberId], ['marketing', 'marketing_sms'])
        const credits = get(SubscriptionCreditsService)
        await credits.accepted(tx, { ...credit, askId: mintId(1) })
        await credits.spend(tx, credit)
        await credits.refused(tx, credit)
        await credits.giveBack(tx, credit)
        await credits.creditsOf(tx, [credit.identityId], ['t'])
        const identities = get(WechatIdentitiesService)
        await identities.ofOpenid(tx, { memberId, appId: 'a', openid: 'o' })
        await identities.openidsOf(tx, [credit.identityId])
      })
      expect(plans.length).toBeGreaterThan(20)
      expect(faultsOf(plans)).toEqual([])
    })

    it('would be caught if they did not', async () => {
      const plans = await plansOf((tx) =>
        tx.rows('SELECT id FROM message WHERE providerId = ? ORDER BY attempts', ['x']),
      )
      expect(faultsOf(plans)).toHaveLength(2)
    })
  })
})
