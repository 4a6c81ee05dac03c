import { expect, it } from '@jest/globals'
import { MembersService } from '../../server/members/members.service.js'
import { describeEachDatabase } from '../rig/databases.js'
import { TerminalInboxService } from '../../server/stores/terminal-inbox.service.js'
import { assignment, checkout, registration, undo } from '../rig/events.js'
import { enrolTill, type TestServer, type TestTill } from '../rig/server.js'
import { shareServer } from '../rig/shared-server.js'

const POISON = '13800138099'

describeEachDatabase('an event the server fails over', (kit) => {
  let server: TestServer
  let till: TestTill

  shareServer(kit, async (started) => {
    server = started
    till = await enrolTill(server)
  })

  it('is put off with all that refers to it, its neighbours pass, and later it is all taken', async () => {
    const members = server.app.get(MembersService, { strict: false })
    const usual = members.phoneIndex.bind(members)
    members.phoneIndex = (phone) => {
      if (phone === POISON) throw new Error('poisonous')
      return usual(phone)
    }
    const registered = registration(till, POISON)
    const who = { by: 'member', memberId: registered.memberId } as const
    const sale = checkout(till, { who })
    const given = checkout(till)
    const batch = [registered, sale, given, assignment(till, given.eventId, who)]
    const first = await till.send(batch)
    expect(first.results.map((one) => one.status)).toEqual(['retry', 'retry', 'accepted', 'retry'])
    members.phoneIndex = usual
    const second = await till.send(batch)
    expect(second.results).toMatchObject([
      { status: 'accepted', memberId: registered.memberId },
      { status: 'accepted', memberId: registered.memberId, points: 21 },
      { status: 'duplicate' },
      { status: 'accepted', points: 21, balancePoints: 42 },
    ])
  })

  it('holds back the next giving of a receipt while its taking back is put off', async () => {
    const [wrong, right] = [registration(till, '13800138001'), registration(till, '13800138002')]
    const to = ({ memberId }: { memberId: string }) => ({ by: 'member', memberId }) as const
    const sale = checkout(till)
    const mistake = assignment(till, sale.eventId, to(wrong))
    await till.send([wrong, right, sale, mistake])
    const inbox = server.app.get(TerminalInboxService, { strict: false })
    const usual = inbox.markUndone.bind(inbox)
    inbox.markUndone = (tx, ids) =>
      ids.length > 0 ? Promise.reject(new Error('poisonous')) : usual(tx, ids)
    const batch = [undo(till, mistake.eventId), assignment(till, sale.eventId, to(right))]
    const first = await till.send(batch)
    expect(first.results.map((one) => one.status)).toEqual(['retry', 'retry'])
    inbox.markUndone = usual
    const second = await till.send(batch)
    expect(second.results).toMatchObject([
      { status: 'accepted', memberId: wrong.memberId, points: -21 },
      { status: 'accepted', memberId: right.memberId, points: 21 },
    ])
  })
})
