import { afterAll, beforeAll, expect, it } from '@jest/globals'
import {
  sampleFileSchema,
  sampleSchema,
  samplesSchema,
  type Sample,
  type SampleFile,
  type SampleKind,
} from '@huike/shared/contracts/console-quality'
import { ProfilesService } from '../../server/members/profiles.service.js'
import { QualityWorkerService } from '../../server/quality/quality-worker.service.js'
import { wilson } from '../../server/quality/wilson.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { freshId, registration } from '../rig/events.js'
import { enrolTill, startTestServer, type TestServer, type TestTill } from '../rig/server.js'

// Samples: drawn by chance in the background, verified by people against the source, and told as a
// share with its interval for each source.

const TILL_MEMBERS = 30
const PHONE_MEMBERS = 4
const NAME = '欧阳娜娜'

describeEachDatabase('samples that people verify', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let till: TestTill
  let owner: ConsolePerson
  const members: string[] = []

  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened)
    till = await enrolTill(server)
    owner = await signInAs(server, 'owner')
    const people = Array.from({ length: TILL_MEMBERS }, (_, n) =>
      registration(till, `138001380${String(n).padStart(2, '0')}`),
    )
    await till.send(people)
    members.push(...people.map(({ memberId }) => memberId as string))
    for (let n = 0; n < PHONE_MEMBERS; n += 1)
      await server.fetch('/member/v1/session/sandbox', {
        json: { phone: `1390013800${String(n)}` },
      })
    const profiles = server.app.get(ProfilesService, { strict: false })
    await server.database.write((tx) =>
      profiles.change(tx, members[0] ?? '', { name: NAME, birthday: '1990-03-08' }, 1),
    )
    await server.drain()
  })
  afterAll(async () => {
    await server.stop()
    await opened.drop()
  })

  const worker = () => server.app.get(QualityWorkerService, { strict: false })
  async function drawn(kind: SampleKind, perSource: number): Promise<SampleFile> {
    const reply = await owner.post('quality/samples', { kind, perSource })
    expect(reply.status).toBe(200)
    expect(sampleSchema.strict().parse(reply.body)).toMatchObject({ kind, state: 'drawing' })
    await worker().drain()
    return file(reply.body.id)
  }
  async function file(id: string): Promise<SampleFile> {
    return sampleFileSchema.strict().parse((await owner.get(`quality/samples/${id}`)).body)
  }
  async function judge(sample: Sample, itemNo: number, verdict: string): Promise<Sample> {
    const reply = await owner.post(`quality/samples/${sample.id}/items/${String(itemNo)}`, {
      verdict,
    })
    expect(reply.status).toBe(200)
    return sampleSchema.strict().parse(reply.body)
  }
  async function pair(a: string, b: string, state: string): Promise<void> {
    const [memberAId, memberBId] = [a, b].sort()
    const row = {
      ...{ id: freshId(), memberAId, memberBId, score: 12_000, verdict: 'merge', reasons: '{}' },
      ...{ state, foundAtMs: 1, decidedAtMs: state === 'open' ? null : 2, decidedBy: null },
    }
    await server.database.write((tx) =>
      tx.insert('duplicate_pair', Object.keys(row), [Object.values(row) as never]),
    )
  }

  it('draws of every source, each once, and all of a small one', async () => {
    const sample = await drawn('record', 10)
    expect(sample.state).toBe('open')
    expect(
      sample.sources.map(({ source, population, drawn: n }) => [source, population, n]),
    ).toEqual(expect.arrayContaining([['till', TILL_MEMBERS, 10]]))
    const others = sample.sources.filter(({ source }) => source !== 'till')
    expect(others.map(({ population, drawn: n }) => [population, n])).toEqual([[4, 4]])
    const ids = sample.items.map(({ sides }) => sides[0]?.memberId)
    expect(new Set(ids).size).toBe(14)
  })

  it('draws others by another seed, and keeps the seed', async () => {
    const one = await drawn('record', 10)
    const other = await drawn('record', 10)
    expect(one.seed).not.toBe(other.seed)
    const ids = (sample: SampleFile) => sample.items.map(({ sides }) => sides[0]?.memberId)
    expect(ids(one)).not.toEqual(ids(other))
  })

  it('tells the share that was right with its interval, and "cannot tell" counts neither way', async () => {
    const sample = await drawn('record', 10)
    const ofTill = sample.items.filter(({ source }) => source === 'till')
    const verdicts = [...Array<string>(6).fill('right'), 'wrong', 'wrong', 'unsure']
    let told: Sample = sample
    for (const [index, verdict] of verdicts.entries())
      told = await judge(sample, ofTill[index]?.itemNo ?? 0, verdict)
    const own = told.sources.find(({ source }) => source === 'till')
    const interval = wilson(6, 8)
    expect(own).toMatchObject({ right: 6, wrong: 2, unsure: 1, precision: 0.75 })
    expect([own?.low, own?.high]).toEqual([interval?.low, interval?.high])
    expect(told.sources.find(({ source }) => source !== 'till')).toMatchObject({ precision: null })
    const again = await judge(sample, ofTill[0]?.itemNo ?? 0, 'wrong')
    expect(again.sources.find(({ source }) => source === 'till')).toMatchObject({
      right: 5,
      wrong: 3,
    })
    const items = (await file(sample.id)).items.filter(({ verdict }) => verdict !== null)
    expect(items).toHaveLength(9)
    expect(items[0]).toMatchObject({ decidedBy: owner.name })
    expect(again.state).toBe('open')
    const rest = sample.items.filter(({ itemNo }) => !items.some((one) => one.itemNo === itemNo))
    let last = again
    for (const { itemNo } of rest) last = await judge(sample, itemNo, 'right')
    expect(last.state).toBe('done')
  })

  it('shows both sides of a merge as they are, masked', async () => {
    const [first = '', second = '', third = '', fourth = ''] = members
    await pair(first, second, 'merged')
    await pair(third, fourth, 'open')
    await server.database.write((tx) =>
      tx.run("UPDATE member SET state = 'merged', mergedIntoId = ? WHERE id = ?", [first, second]),
    )
    const merges = await drawn('merge', 10)
    expect(merges.items).toHaveLength(1)
    expect(merges.sources).toMatchObject([{ source: 'till', population: 1, drawn: 1 }])
    const sides = merges.items[0]?.sides ?? []
    expect(sides.map(({ memberId }) => memberId)).toEqual([first, second].sort())
    expect(sides.map(({ isMerged }) => isMerged).sort()).toEqual([false, true])
    const text = JSON.stringify(merges)
    expect(text).toContain('欧***')
    for (const secret of [NAME, '13800138000', '1990-03-08']) expect(text).not.toContain(secret)
    expect((await drawn('pair', 10)).items).toHaveLength(2)
  })

  it('is done at once where there is nothing to draw from, and refuses what is not there', async () => {
    await server.database.write((tx) => tx.run("DELETE FROM duplicate_pair WHERE state = 'merged'"))
    const empty = await drawn('merge', 5)
    expect([empty.state, empty.items]).toEqual(['done', []])
    const path = (id: string, no: string) => `quality/samples/${id}/items/${no}`
    for (const [id, no] of [
      [empty.id, '1'],
      [empty.id, 'x'],
      [freshId(), '1'],
    ] as const)
      expect((await owner.post(path(id, no), { verdict: 'right' })).body.code).toBe('not_found')
    expect((await owner.get(`quality/samples/${freshId()}`)).body.code).toBe('not_found')
    expect((await owner.post('quality/samples', { kind: 'pair', perSource: 0 })).status).toBe(422)
    const { samples } = samplesSchema.parse((await owner.get('quality/samples')).body)
    expect(samples[0]?.id).toBe(empty.id)
  })

  it('draws three at a time and no more', async () => {
    for (let n = 0; n < 3; n += 1)
      await owner.post('quality/samples', { kind: 'record', perSource: 1 })
    const refused = await owner.post('quality/samples', { kind: 'record', perSource: 1 })
    // The server's own look may have drawn one meanwhile.
    expect([200, 429]).toContain(refused.status)
    await worker().drain()
    expect((await owner.post('quality/samples', { kind: 'record', perSource: 1 })).status).toBe(200)
    await worker().drain()
  })
})
