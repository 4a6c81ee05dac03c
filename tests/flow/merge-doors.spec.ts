import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { snapshotAnswerSchema } from '@huike/shared/contracts/agent'
import {
  mergeFileSchema,
  mergePageSchema,
  mergePreviewSchema,
  mergeSchema,
  pairPageSchema,
  pairSchema,
  undoPreviewSchema,
} from '@huike/shared/contracts/console-identity'
import { memberFileSchema } from '@huike/shared/contracts/console-members'
import { memberCode } from '@huike/shared/member-code'
import { ProfilesService } from '../../server/members/profiles.service.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { checkout } from '../rig/events.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { raisePair } from '../rig/pairs.js'
import { enrolTill, startTestServer, type TestServer, type TestTill } from '../rig/server.js'
import * as shopper from '../rig/shopper.js'
import { expectProblem, newWechatShopper } from '../rig/wechat-shopper.js'

// The doors to merging: the queue a manager decides, two chosen members, the journal and undoing; and
// what tills and phones are told of it.

describeEachDatabase('the doors to merging', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let till: TestTill
  let owner: ConsolePerson
  let auditor: ConsolePerson
  let phones = 0
  let keys = 0

  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened)
    till = await enrolTill(server)
    owner = await signInAs(server, 'owner')
    auditor = await signInAs(server, 'auditor')
  })
  afterAll(async () => {
    await server.stop()
    await opened.drop()
  })

  async function person(): Promise<{ id: string; phone: string }> {
    phones += 1
    const phone = String(13_300_000_000 + phones)
    return { id: await shopper.register(till, phone), phone }
  }
  function post(path: string, json: object, key?: string) {
    keys += 1
    const headers = { 'idempotency-key': key ?? `key-${String(keys)}` }
    return owner.fetch(path, { json, headers })
  }
  async function merged(survivorId: string, absorbedId: string) {
    const reply = await post('merges', { survivorId, absorbedId })
    expect(reply.status).toBe(200)
    return mergeSchema.parse(reply.body)
  }
  const auditOf = (subjectId: string) =>
    server.database.read((rx) =>
      rx.rows<{ action: string; staffId: string }>(
        'SELECT action, staffId FROM staff_audit WHERE subjectId = ? ORDER BY id',
        [subjectId],
      ),
    )

  it('previews, merges once for a key, lists and undoes, and writes down who did', async () => {
    const [a, b] = [await person(), await person()]
    await till.sendOne(checkout(till, { who: { by: 'phone', phone: a.phone } }))
    const ask = { survivorId: b.id, absorbedId: a.id }
    const preview = mergePreviewSchema.parse((await auditor.post('merges/preview', ask)).body)
    expect(preview.changes).toMatchObject({
      purchases: { moved: 1 },
      points: { survivorAfter: 21 },
    })
    const first = await post('merges', ask, 'once')
    const again = await post('merges', ask, 'once')
    expect(again.body).toEqual(first.body)
    expectProblem(
      await post('merges', { ...ask, moveHistory: false }, 'once'),
      409,
      'idempotency_conflict',
    )
    expectProblem(await post('merges', ask), 409, 'member_merged')
    const merge = mergeSchema.parse(first.body)
    expect(merge).toMatchObject({ state: 'done', how: 'chosen', mergedByName: owner.name })
    const page = mergePageSchema.parse((await auditor.get(`merges?memberId=${b.id}`)).body)
    expect(page.merges).toMatchObject([{ id: merge.id, changes: preview.changes }])
    expectProblem(await auditor.post(`merges/${merge.id}/undo`), 403, 'forbidden')
    const undoing = undoPreviewSchema.parse(
      (await auditor.post(`merges/${merge.id}/undo/preview`)).body,
    )
    const undone = mergeSchema.parse((await owner.post(`merges/${merge.id}/undo`)).body)
    expect(undone).toMatchObject({ state: 'undone', undoChanges: undoing.changes })
    expectProblem(await owner.post(`merges/${merge.id}/undo`), 409, 'merge_undone')
    expectProblem(await owner.post('merges/nothing/undo'), 404, 'not_found')
    expect(await auditOf(b.id)).toEqual([
      { action: 'member.merged', staffId: owner.id },
      { action: 'member.unmerged', staffId: owner.id },
    ])
  })

  it('gives back what moved to a record that has more purchases than any shopper', async () => {
    const [a, b] = [await person(), await person()]
    const buys = async ({ phone }: { phone: string }) =>
      (await till.sendOne(checkout(till, { who: { by: 'phone', phone } }))).purchaseId ?? ''
    const [own, moved] = [await buys(b), await buys(a)]
    const { id } = await merged(b.id, a.id)
    const since = await buys(a)
    // A card at the counter that everybody without one is put on; older than all that is looked for.
    expect(await copyPurchase(own)).toBe(50_000)
    const undone = mergeSchema.parse((await post(`merges/${id}/undo`, {})).body)
    expect(undone.undoChanges?.purchases).toEqual({ back: 1, since: 1 })
    const theirs = await server.database.read((rx) =>
      rx.rows<{ id: string }>('SELECT id FROM purchase WHERE memberId = ? ORDER BY id', [a.id]),
    )
    expect(theirs.map((row) => row.id)).toEqual([moved, since].sort())
  })

  /** Writes one purchase down fifty thousand times more; answers how often. */
  async function copyPurchase(purchaseId: string): Promise<number> {
    const columns = (
      await server.database.read((rx) =>
        rx.rows('SELECT * FROM purchase WHERE id = ?', [purchaseId]),
      )
    )
      .flatMap((row) => Object.keys(row))
      .filter((name) => name !== 'id' && name !== 'businessKey')
    const digits = (name: string) =>
      `(SELECT 0 AS n ${[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `UNION SELECT ${String(n)}`).join(' ')}) ${name}`
    const number = '(a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n)'
    return server.database.write((tx) =>
      tx.run(
        `INSERT INTO purchase (id, businessKey, ${columns.join(', ')})
         SELECT CONCAT('000000000000000000000', 10000 + ${number}), CONCAT('many|', ${number}),
           ${columns.map((name) => `p.${name}`).join(', ')}
         FROM purchase p, ${['a', 'b', 'c', 'd'].map(digits).join(', ')},
           (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) e
         WHERE p.id = ?`,
        [purchaseId],
      ),
    )
  }

  it('pages the journal, the latest first', async () => {
    for (let n = 0; n < 3; n += 1) await merged((await person()).id, (await person()).id)
    const all = mergePageSchema.parse((await owner.get('merges?limit=100')).body).merges
    const ids: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const at: string = cursor === '' ? '' : `&cursor=${cursor}`
      const page = mergePageSchema.parse((await owner.get(`merges?limit=2${at}`)).body)
      ids.push(...page.merges.map(({ id }) => id))
      cursor = page.nextCursor
    }
    expect(ids).toEqual(all.map(({ id }) => id))
    expectProblem(await owner.get('merges?cursor=made-up'), 422, 'input_invalid')
  })

  it('shows a pair side by side, masked, and decides it once', async () => {
    const [a, b] = [await person(), await person()]
    const id = await raisePair(server, [a.id, b.id])
    const page = pairPageSchema.parse((await auditor.get('identity/pairs')).body)
    const pair = page.pairs.find((one) => one.id === id)
    expect(pair).toMatchObject({
      ...{ verdict: 'review', state: 'open', decidedByName: null },
      reasons: [
        { field: 'name', words: '姓名相同' },
        { field: 'birthday', words: '生日相同' },
      ],
    })
    expect(JSON.stringify(page)).not.toContain(a.phone)
    expect(pair?.sides.map(({ identities }) => identities.length)).toEqual([1, 1])
    const decide = (json: object) => owner.post(`identity/pairs/${id}/decide`, json)
    expectProblem(await decide({ verdict: 'merge', survivorId: owner.id }), 422, 'input_invalid')
    const decided = await decide({ verdict: 'merge', survivorId: a.id })
    expect(decided.body.merge).toMatchObject({ how: 'pair', survivor: { memberId: a.id } })
    expect((await decide({ verdict: 'merge', survivorId: a.id })).body).toEqual(decided.body)
    expectProblem(await decide({ verdict: 'reject' }), 409, 'pair_decided')
    const after = pairSchema.parse((await owner.get(`identity/pairs/${id}`)).body)
    expect(after).toMatchObject({ state: 'merged', decidedByName: owner.name })
    await owner.post(`merges/${String(decided.body.merge.id)}/undo`)
    expectProblem(await decide({ verdict: 'merge', survivorId: a.id }), 409, 'pair_decided')
  })

  it('takes a pair that is not one person out of the queue, and leaves both alone', async () => {
    const [a, b] = [await person(), await person()]
    const id = await raisePair(server, [a.id, b.id])
    const rejected = await owner.post(`identity/pairs/${id}/decide`, { verdict: 'reject' })
    expect(rejected.body).toEqual({ merge: null })
    const open = pairPageSchema.parse((await owner.get('identity/pairs?limit=100')).body)
    expect(open.pairs.map((pair) => pair.id)).not.toContain(id)
    await raisePair(server, [b.id, a.id])
    const still = pairSchema.parse((await owner.get(`identity/pairs/${id}`)).body)
    expect(still.state).toBe('rejected')
    expect((await shopper.phoneOf(server, a.phone)).token).toBeTruthy()
    expectProblem(await owner.get('identity/pairs/nothing'), 404, 'not_found')
  })

  it('shows one merge with the values that lost in it, masked', async () => {
    const [a, b] = [await person(), await person()]
    const profiles = server.app.get(ProfilesService, { strict: false })
    await server.database.write(async (tx) => {
      await profiles.change(tx, a.id, { name: '欧阳若曦', birthday: null }, 1)
      await profiles.change(tx, b.id, { name: '欧阳若溪', birthday: null }, 2)
    })
    const { id } = await merged(b.id, a.id)
    const file = mergeFileSchema.strict().parse((await auditor.get(`merges/${id}`)).body)
    expect(file.kept).toEqual([{ field: 'name', shown: '欧***' }])
    expect(file.changes.profile).toMatchObject([{ field: 'name', isKept: true }])
    expectProblem(await owner.get('merges/nothing'), 404, 'not_found')
  })

  it('lets the phone of the absorbed record go on as the survivor, and as itself after an undo', async () => {
    const [a, b] = [await newWechatShopper(server), await newWechatShopper(server)]
    await till.sendOne(checkout(till, { who: { by: 'phone', phone: b.phone } }))
    const merge = await merged(b.memberId, a.memberId)
    expect((await a.get('me')).body).toMatchObject({ memberId: b.memberId, balancePoints: 21 })
    expect((await a.get('purchases')).body.purchases).toHaveLength(1)
    const since = await shopper.phoneOf(server, a.phone)
    expect((await since.get('me')).body.memberId).toBe(b.memberId)
    await owner.post(`merges/${merge.id}/undo`)
    expect((await a.get('me')).body).toMatchObject({ memberId: a.memberId, balancePoints: 0 })
    expect((await a.get('purchases')).body.purchases).toEqual([])
    expect((await b.get('me')).body).toMatchObject({ memberId: b.memberId, balancePoints: 21 })
    // Opened while the two were one: nobody can tell whose it is, so it is over.
    expectProblem(await since.get('me'), 401, 'token_invalid')
  })

  it('takes the member code of an absorbed record at the till, and its number in a search', async () => {
    const [a, b] = [await newWechatShopper(server), await person()]
    const card = (await a.get('me')).body as { memberNo: string; codeKey: string }
    await shopper.phoneOf(server, b.phone)
    await merged(b.id, a.memberId)
    const nowMs = server.clock.nowMs()
    const code = memberCode(card.memberNo, Buffer.from(card.codeKey, 'base64url'), nowMs)
    const who = { by: 'member_code' as const, memberCode: code, readAtMs: nowMs as never }
    expect(await till.sendOne(checkout(till, { who }))).toMatchObject({
      ...{ status: 'accepted', code: null, memberId: b.id },
    })
    const listed = await owner.get(`members?search=${card.memberNo}`)
    expect(listed.body.members).toMatchObject([{ memberId: b.id }])
  })

  it('tells tills who answers for whom, and takes it back', async () => {
    const snapshot = async () => {
      const reply = await server.fetch('/agent/v1/snapshot?cursor=', { token: await till.token() })
      return snapshotAnswerSchema.parse(reply.body)
    }
    const [a, b] = [await person(), await person()]
    server.clock.advance(60_000)
    const merge = await merged(b.id, a.id)
    const after = await snapshot()
    expect(after.merged).toContainEqual({ memberId: a.id, intoMemberId: b.id })
    expect(after.members.map(({ memberId }) => memberId)).toContain(b.id)
    expect(after.members.map(({ memberId }) => memberId)).not.toContain(a.id)
    server.clock.advance(60_000)
    await owner.post(`merges/${merge.id}/undo`)
    const undone = await snapshot()
    expect(undone.merged.map(({ memberId }) => memberId)).not.toContain(a.id)
    expect(undone.members.map(({ memberId }) => memberId)).toContain(a.id)
  })

  it('shows in the file where each identity came from, and the merges behind it', async () => {
    const [a, b] = [await person(), await person()]
    await merged(b.id, a.id)
    const { body } = await owner.get(`members/${a.id}`)
    const file = memberFileSchema.parse(body)
    expect(file.memberId).toBe(b.id)
    expect(file.merges).toMatchObject([{ role: 'survivor', state: 'done' }])
    const no = file.merges[0]?.otherMemberNo
    expect(no).not.toBe(file.memberNo)
    expect(file.identities.map(({ fromMemberNo }) => fromMemberNo).sort()).toEqual(
      [no, null].sort(),
    )
  })
})
