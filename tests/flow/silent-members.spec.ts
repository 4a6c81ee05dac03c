import { expect, it } from '@jest/globals'
import { memberPageSchema } from '@huike/shared/contracts/console-members'
import { ExportWorkerService } from '../../server/reports/export-worker.service.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase } from '../rig/databases.js'
import { checkout } from '../rig/events.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'
import * as shopper from '../rig/shopper.js'

// Whom a chain has not heard of for long: neither a purchase nor a visit in the mini-program. The
// list to clean up, and its file, which is masked and written down.

const DAY_MS = 86_400_000
const DAYS = 180
const PHONES = {
  never: '13800138001',
  buyer: '13800138002',
  lapsed: '13800138003',
  visitor: '13800138004',
  returning: '13800138005',
  fresh: '13800138006',
} as const

describeEachDatabase('members nobody has heard of', (kit) => {
  let server: TestServer
  let till: TestTill
  let owner: ConsolePerson
  const idOf: Partial<Record<keyof typeof PHONES, string>> = {}

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
    owner = await signInAs(server, 'owner')
    for (const who of ['never', 'buyer', 'lapsed', 'visitor', 'returning'] as const)
      idOf[who] = await shopper.register(till, PHONES[who])
    const opened = await visit('visitor')
    await visit('returning')
    await buy('buyer')
    await buy('lapsed')
    server.clock.advance(80 * DAY_MS)
    // A session goes on when it is used: that is a visit, too.
    const reply = await server.fetch('/member/v1/session/refresh', {
      json: { refreshToken: opened },
    })
    expect(reply.status).toBe(200)
    server.clock.advance(110 * DAY_MS)
    await buy('buyer')
    idOf.fresh = await shopper.register(till, PHONES.fresh)
    await server.drain()
  })

  async function visit(who: keyof typeof PHONES): Promise<string> {
    const reply = await server.fetch('/member/v1/session/sandbox', { json: { phone: PHONES[who] } })
    expect(reply.status).toBe(200)
    return reply.body.refreshToken
  }
  async function buy(who: keyof typeof PHONES): Promise<void> {
    const by = { by: 'member' as const, memberId: idOf[who] as never }
    expect(await till.sendOne(checkout(till, { who: by }))).toMatchObject({ status: 'accepted' })
  }
  async function silent(days: number): Promise<string[]> {
    const reply = await owner.get(`members?silentDays=${String(days)}`)
    return memberPageSchema.parse(reply.body).members.map(({ memberId }) => memberId)
  }

  it('are those who joined before, and neither bought nor visited since', async () => {
    expect((await silent(DAYS)).sort()).toEqual([idOf.never, idOf.lapsed, idOf.returning].sort())
    expect((await silent(30)).sort()).toEqual(
      [idOf.never, idOf.lapsed, idOf.returning, idOf.visitor].sort(),
    )
    expect(await silent(365)).toEqual([])
    expect((await owner.get('members?silentDays=29')).status).toBe(422)
  })

  it('are silent no more once they come back', async () => {
    await visit('returning')
    expect(await silent(DAYS)).not.toContain(idOf.returning)
  })

  it('go into a masked file, which is written down', async () => {
    const asked = await owner.post('members/exports', { silentDays: DAYS })
    expect(asked.status).toBe(200)
    await server.app.get(ExportWorkerService, { strict: false }).drain()
    const { body } = await owner.get(`members/exports/${String(asked.body.id)}/file`)
    expect(String(body)).toContain('138****8001')
    expect(String(body)).not.toContain(PHONES.never)
    const audited = await server.database.read((rx) =>
      rx.rows('SELECT action, detail FROM staff_audit WHERE subjectId = ? ORDER BY id', [
        String(asked.body.id),
      ]),
    )
    expect(audited).toEqual([
      { action: 'members.exported', detail: '条件：很久没有动静' },
      { action: 'members.export_fetched', detail: '条件：很久没有动静' },
    ])
  })
})
