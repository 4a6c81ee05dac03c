import { beforeAll, expect, it } from '@jest/globals'
import { DuplicatesService, type ScanPhase } from '../../server/members/duplicates.service.js'
import { ProfilesService } from '../../server/members/profiles.service.js'
import { mintId } from '../../server/platform/ids.js'
import { describeEachDatabase } from '../rig/databases.js'
import { addPeople, pairOf, type MatchingPerson } from '../rig/matching-people.js'
import type { TestServer } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'

// The search over the whole member base, and what it leaves in the list of pairs.

const FAMILY_NAMES = '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗'
const GIVEN_NAMES = '伟芳娜敏静丽强磊洋艳勇军杰娟涛明超秀霞平刚桂英华玉兰飞鹏宇欣'
const STRANGERS = 300
const SCAN_MS_MAX = 60_000

const YANG: MatchingPerson = {
  phone: '18811112222',
  name: '欧阳若曦',
  birthday: '1990-05-06',
  city: '上海',
}

describeEachDatabase('the search for members that are one person', (kit) => {
  let server: TestServer

  shareServer(kit, async (started) => {
    server = started
    await add(Array.from({ length: STRANGERS }, (_none, n) => stranger(n)))
  })

  let ids: Record<'typed' | 'again' | 'proved' | 'provedAgain', string>
  beforeAll(async () => {
    const [typed = '', again = '', proved = '', provedAgain = ''] = await add([
      YANG,
      { ...YANG, phone: '15933334444', name: '歐陽若曦' },
      { phone: '18655556666', name: '诸葛明亮', birthday: '1971-08-09', isVerified: true },
      { phone: '15777778888', name: '诸葛明亮', birthday: '1971-08-09', isVerified: true },
    ])
    ids = { typed, again, proved, provedAgain }
  })

  const add = (people: readonly MatchingPerson[]) => addPeople(server, people)
  const scan = async () =>
    (await server.app.get(DuplicatesService, { strict: false }).scan()).report
  const decide = (id: string, state: string) =>
    server.database.write((tx) =>
      tx.run('UPDATE duplicate_pair SET state = ? WHERE id = ?', [state, id]),
    )

  it(
    'finds who registered twice, says why, and tells no value',
    async () => {
      const phases = new Set<ScanPhase>()
      const duplicates = server.app.get(DuplicatesService, { strict: false })
      const { report } = await duplicates.scan({ tell: ({ phase }) => phases.add(phase) })
      expect(report.members).toBe(STRANGERS + 4)
      expect([...phases]).toEqual(['reading', 'comparing', 'judging', 'keeping'])
      const pair = await pairOf(server, ids.typed, ids.again)
      expect(pair).toMatchObject({ verdict: 'merge', state: 'open', decidedAtMs: null })
      expect(pair?.foundAtMs).toBe(server.clock.nowMs())
      expect(JSON.parse(pair?.reasons ?? '')).toMatchObject({
        name: '姓名相同（繁体/简体）',
        phone: '手机号不同',
        birthday: '生日相同',
      })
      expect(JSON.stringify(pair)).not.toMatch(/欧阳|歐陽|18811112222|1990/)
    },
    SCAN_MS_MAX,
  )

  it('leaves two who each proved their number to a person', async () => {
    expect(await pairOf(server, ids.proved, ids.provedAgain)).toMatchObject({ verdict: 'review' })
  })

  it(
    'finds nothing new the second time, and keeps what it had',
    async () => {
      const before = await pairOf(server, ids.typed, ids.again)
      server.clock.advance(1_000)
      expect(await scan()).toMatchObject({ fresh: 0, takenBack: 0 })
      expect(await pairOf(server, ids.typed, ids.again)).toMatchObject({
        id: before?.id,
        foundAtMs: before?.foundAtMs,
      })
    },
    SCAN_MS_MAX,
  )

  it(
    'never opens again what somebody decided',
    async () => {
      const pair = await pairOf(server, ids.proved, ids.provedAgain)
      await decide(pair?.id ?? '', 'rejected')
      await scan()
      expect(await pairOf(server, ids.proved, ids.provedAgain)).toMatchObject({
        id: pair?.id,
        state: 'rejected',
        score: pair?.score,
      })
    },
    SCAN_MS_MAX,
  )

  it(
    'two searches at once find the same, once',
    async () => {
      await server.database.write((tx) => tx.run("DELETE FROM duplicate_pair WHERE state = 'open'"))
      const reports = await Promise.all([scan(), scan()])
      expect(reports[0].merges).toBe(reports[1].merges)
      const rows = await server.database.read((rx) =>
        rx.rows('SELECT memberAId FROM duplicate_pair WHERE memberAId = ? OR memberBId = ?', [
          ids.typed,
          ids.typed,
        ]),
      )
      expect(rows).toHaveLength(1)
    },
    SCAN_MS_MAX,
  )

  it(
    'takes back an open pair of people who turned out to be two, but not one that was raised',
    async () => {
      const pair = await pairOf(server, ids.typed, ids.again)
      const profiles = server.app.get(ProfilesService, { strict: false })
      await server.database.write((tx) =>
        profiles.change(
          tx,
          ids.again,
          { name: '司马长风', birthday: '1955-11-12', city: '北京' },
          server.clock.nowMs(),
        ),
      )
      await server.database.write((tx) =>
        tx.insert(
          'duplicate_pair',
          ['id', 'memberAId', 'memberBId', 'score', 'verdict', 'reasons', 'state', 'foundAtMs'],
          [[mintId(1), ids.typed, ids.proved, 0, 'review', '{}', 'open', 1]],
        ),
      )
      expect((await scan()).takenBack).toBeGreaterThanOrEqual(1)
      expect(pair).not.toBeNull()
      expect(await pairOf(server, ids.typed, ids.again)).toBeNull()
      expect(await pairOf(server, ids.typed, ids.proved)).toMatchObject({ state: 'open', score: 0 })
    },
    SCAN_MS_MAX,
  )

  it(
    'goes on without a member whose sealed value does not open, and names them',
    async () => {
      const [broken = '', again = ''] = await add([
        { ...YANG, phone: '15944447777', name: '上官婉儿', birthday: '1964-02-03' },
        { ...YANG, phone: '15944448888', name: '上官婉儿', birthday: '1964-02-03' },
      ])
      const { members } = await scan()
      const pair = await pairOf(server, broken, again)
      expect(pair).toMatchObject({ state: 'open' })
      // As a disk returns it: sealed for somebody else, or for nobody.
      await server.database.write((tx) =>
        tx.run(
          `UPDATE identity SET valueSealed =
             (SELECT valueSealed FROM (SELECT * FROM identity) other WHERE memberId = ?)
           WHERE memberId = ?`,
          [again, broken],
        ),
      )
      const unreadable = { members: 1, memberIds: [broken] }
      const merged = await add([{ ...YANG, phone: '15944449999' }])
      expect(await scan()).toMatchObject({ members: members + merged.length - 1, unreadable })
      expect(await pairOf(server, broken, again)).toMatchObject({ id: pair?.id, state: 'open' })
      expect(await pairOf(server, ids.typed, merged[0] ?? '')).toMatchObject({ state: 'open' })
      await server.database.write((tx) =>
        tx.run("UPDATE member_profile SET nameSealed = 'not sealed' WHERE memberId = ?", [again]),
      )
      const { unreadable: both } = await scan()
      expect(both).toEqual({ members: 2, memberIds: [broken, again].sort() })
      expect(await pairOf(server, broken, again)).toMatchObject({ id: pair?.id, state: 'open' })
    },
    SCAN_MS_MAX,
  )

  it(
    'leaves out members that were merged',
    async () => {
      const again = { ...YANG, phone: '15944445555' }
      const [merged = ''] = await add([again])
      await server.database.write((tx) =>
        tx.run("UPDATE member SET state = 'merged', mergedIntoId = ? WHERE id = ?", [
          ids.typed,
          merged,
        ]),
      )
      await scan()
      expect(await pairOf(server, ids.typed, merged)).toBeNull()
    },
    SCAN_MS_MAX,
  )
})

/** Somebody who has nothing to do with the others. */
function stranger(n: number): MatchingPerson {
  const at = (characters: string, place: number) => characters[place % characters.length] ?? ''
  const two = (value: number) => String(value).padStart(2, '0')
  return {
    phone: `13${String(100_000_000 + n * 2_654_321).slice(-9)}`,
    name: at(FAMILY_NAMES, n) + at(GIVEN_NAMES, n * 3 + 1) + at(GIVEN_NAMES, n * 7 + (n % 11)),
    birthday: `${String(1950 + (n % 53))}-${two(1 + (n % 12))}-${two(2 + (n % 26))}`,
    city: ['上海', '北京', '广州', '成都'][n % 4] ?? '',
  }
}
