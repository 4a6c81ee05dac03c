import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { PointsSettings } from '@huike/shared/contracts/spending'
import { fen } from '@huike/shared/quantities'
import { PointsRulesService } from '../../server/points/points-rules.service.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { ChainSettingsService } from '../../server/stores/chain-settings.service.js'
import { TerminalsService, type TerminalContext } from '../../server/stores/terminals.service.js'
import { describeEachDatabase } from '../rig/databases.js'
import { Deaths } from '../rig/deaths.js'
import { freshId, registration } from '../rig/events.js'
import { inParts, IS_LONG } from '../rig/long.js'
import type { ModelPerson } from '../rig/points-model.js'
import { interleaved, story, Story, type Stage } from '../rig/points-story.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'

// The points book against a tiny model of it, in which every point is a thing of its own: whatever is
// earned, set aside, spent, refunded, expired, merged and undone, in any order, with transactions that
// fail at their end and events that come again, the two hold the same points until the same day.
// HUIKE_TEST_LONG=1 tells 10,000 stories.

const STORIES = { sqlite: IS_LONG ? 10_000 : 200, mariadb: IS_LONG ? 3_000 : 100 }
const PEOPLE = 3
const SEED = 20_261_122
const TIMEOUT_MS = IS_LONG ? 7_200_000 : 180_000
/** One in so many transactions is rolled back at its end, as if the server had died there. */
const DEATHS_ONE_IN = 9
const TERMS: NonNullable<PointsSettings['spending']> = {
  ...{ points: 1, fen: 1, leastPoints: 1, stepPoints: 1 },
  ...{ orderPercentMax: 100, orderPointsMax: null, leastOrderFen: fen(0), isCodeNeeded: false },
}

describeEachDatabase('the points book and its model', (kit) => {
  let server: TestServer
  let till: TestTill
  let from: TerminalContext
  let phones = 0
  let told: { rate: number; months: number | null } = { rate: 1, months: null }
  let deaths: Deaths

  const open = async (started: TestServer) => {
    server = started
    told = { rate: 1, months: null }
    till = await enrolTill(server)
    const terminals = server.app.get(TerminalsService, { strict: false })
    const acting = await terminals.acting(till.enrolled.terminalId)
    if (!acting.ok) throw new Error('no till')
    from = acting.context
    deaths = new Deaths(server.database, DEATHS_ONE_IN)
    await publish({ rate: 1, months: 2 })
  }

  const get = <T>(type: abstract new (...args: never[]) => T): T =>
    server.app.get<T>(type, { strict: false })

  async function publish(change: { rate: number; months: number | null }): Promise<void> {
    if (change.rate === told.rate && change.months === told.months) return
    const rules = get(PointsRulesService)
    await deaths.insisted(() =>
      server.database.write(async (tx) => {
        const [latest] = await tx.rows<{ version: number }>(
          'SELECT MAX(version) AS version FROM points_rule',
        )
        const published = await rules.publish(
          tx,
          {
            terms: {
              ...{ points: change.rate, perFen: fen(100), bonuses: [], orderPointsMax: null },
              ...{ dayPointsMax: null, pendingDays: 0 },
              expiry:
                change.months === null
                  ? { kind: 'never' }
                  : { kind: 'months', months: change.months },
            },
            effectiveFromMs: null,
            basedOnVersion: latest?.version ?? 1,
            isGenerousMeant: true,
          },
          { staffId: freshId(), nowMs: server.clock.nowMs() },
        )
        expect(published.ok).toBe(true)
      }),
    )
    told = change
    server.clock.advance(1)
  }

  const stage = (): Stage => ({ server, till, from, told: () => told, publish, deaths })

  async function people(): Promise<ModelPerson[]> {
    const fresh = Array.from({ length: PEOPLE }, (_, n) => {
      phones += 1
      const event = registration(till, String(13_100_000_000 + phones))
      const person: ModelPerson = {
        ...{ name: `person ${String(n)}`, phone: event.phone, id: event.memberId },
        ...{ into: null, points: [], debt: 0, owed: 0 },
      }
      return { event, person }
    })
    for (const { event } of fresh) await till.sendOne(event)
    return fresh.map(({ person }) => person)
  }

  describe.each(inParts(STORIES[kit.kind]).map((stories, part) => ({ stories, part })))(
    'told $stories stories (part $part)',
    ({ stories, part }) => {
      shareServer(kit, open)

      it(
        'hold the same points, whatever happens in whatever order',
        async () => {
          await fc.assert(
            fc.asyncProperty(story, async ({ policy, rules, steps }) => {
              deaths.isDeadly = false
              await server.database.write((tx) =>
                get(ChainSettingsService).setPoints(
                  tx,
                  { spending: TERMS, refunds: policy },
                  { staffId: freshId(), atMs: server.clock.nowMs() },
                ),
              )
              const telling = new Story(stage(), await people(), policy)
              deaths.isDeadly = true
              try {
                for (const one of interleaved(steps, rules)) await telling.tell(one)
              } finally {
                deaths.isDeadly = false
              }
            }),
            { numRuns: stories, seed: SEED + STORIES[kit.kind] + part },
          )
          const report = await verifyBook(server.database)
          expect(report.findings).toEqual([])
          expect(report.memberPoints + report.programmePoints).toBe(0)
        },
        TIMEOUT_MS,
      )
    },
  )
})
