// A till that loses its network: the agent's own store and what it does at the counter, over a server
// under test. Its clock may be wrong, and what it sends may be sent again.
import { join } from 'node:path'
import { lookupAnswerSchema, type ReceiptAssigned } from '@huike/shared/contracts/agent'
import type { OfflineSettings } from '@huike/shared/contracts/offline'
import { offlineSyncAnswerSchema } from '@huike/shared/contracts/offline'
import { memberCode } from '@huike/shared/member-code'
import { fen } from '@huike/shared/quantities'
import { Clock } from '../../pos-agent/platform/clock.js'
import { CouponsAtTill } from '../../pos-agent/service/coupons-at-till.js'
import { prepareDocument } from '../../pos-agent/service/normalise.js'
import { OfflineAtTill } from '../../pos-agent/service/offline-at-till.js'
import { PointsAtTill } from '../../pos-agent/service/points-at-till.js'
import { ReadCodes } from '../../pos-agent/service/read-codes.js'
import type { StoreCore } from '../../pos-agent/store/core.js'
import type { Asked } from '../../pos-agent/uplink/ask-server.js'
import { ChainSettingsService } from '../../server/stores/chain-settings.service.js'
import {
  captureBytes,
  openCore,
  rawCapture,
  saleDocument,
  storeOn,
  temporaryFolder,
} from '../crash/agent-fixtures.js'
import { freshId, freshReceiptNo } from './events.js'
import type { TestServer, TestTill } from './server.js'
import * as shopper from './shopper.js'

const TIME_ZONE = 'Asia/Shanghai'

/** Sets what tills may redeem without a network. */
export async function setOffline(
  server: TestServer,
  over: Partial<OfflineSettings> = {},
): Promise<void> {
  const settings = { isOn: true, hours: 12, pointsMax: 500, ...over }
  const by = { staffId: freshId(), atMs: server.clock.nowMs() }
  await server.database.write((tx) =>
    server.app.get(ChainSettingsService, { strict: false }).setOffline(tx, settings, by),
  )
}

export class OfflineTill {
  isOnline = true
  /** False: the network is gone, and the agent has not noticed yet. */
  isReached = true
  /** How wrong its clock is; the agent does not know. */
  clockOffMs = 0
  readonly core: StoreCore
  readonly offline: OfflineAtTill
  readonly coupons: CouponsAtTill
  readonly points: PointsAtTill
  readonly codes: ReadCodes
  readonly clock: Clock
  private readonly folder = temporaryFolder()

  constructor(readonly till: TestTill) {
    const { server } = till
    this.core = openCore(join(this.folder.path, 'data'))
    this.clock = new Clock({
      wallMs: () => server.clock.nowMs() + this.clockOffMs,
      monotonicMs: () => server.clock.nowMs(),
    })
    this.codes = new ReadCodes(this.clock)
    const store = storeOn(this.core)
    const isOnline = () => this.isOnline
    const never = () => Promise.resolve({ kind: 'unreachable' as const })
    const { storeId, terminalId } = till.enrolled
    this.offline = new OfflineAtTill(
      {
        ...{ store, clock: this.clock, isOnline },
        syncOffline: async (request) => {
          if (!this.isOnline) return never()
          const reply = await this.ask('offline/sync', request)
          return reply.kind === 'answered'
            ? { kind: 'answered', answer: offlineSyncAnswerSchema.parse(reply.answer) }
            : reply
        },
        place: () => ({ storeId, terminalId, timeZone: TIME_ZONE }),
      },
      this.codes,
    )
    this.coupons = new CouponsAtTill(
      {
        ...{ store, clock: this.clock, isOnline, onReceipts: () => undefined },
        onError: (error) => {
          throw error
        },
        coupons: {
          quote: (request) => this.ask('coupons/quote', request),
          reserve: (request) => this.ask('coupons/reservations', request),
          release: (reservationId) => this.ask('coupons/reservations/release', { reservationId }),
          settle: (request) => this.ask('coupons/reservations/settle', request),
        },
      },
      this.codes,
      this.offline,
    )
    this.points = new PointsAtTill(
      {
        ...{ store, clock: this.clock, isOnline, onChanged: () => undefined },
        spending: {
          quote: (request) => this.ask('points/quote', request),
          reserve: (request) => this.ask('points/holds', request),
          release: (holdId) => this.ask('points/holds/release', { holdId }),
          ...{ previewRefund: never, settleRefund: never },
        },
      },
      this.codes,
      this.offline,
    )
  }

  close(): void {
    this.core.close()
    this.folder.remove()
  }

  /** The agent asks what it may hold, and keeps the member for when it cannot ask. */
  async meets(memberId: string): Promise<void> {
    const reply = await this.ask('lookup', { by: 'member', memberId })
    if (reply.kind !== 'answered') throw new Error('the server knows no such member')
    const { member } = lookupAnswerSchema.parse(reply.answer)
    if (member) this.core.members.keep(member, null)
    await this.offline.refresh()
  }

  /** The member's phone shows a code, and it is read here. */
  async reads(phone: string, over: { memberId?: string; atMs?: number } = {}): Promise<string> {
    const { server } = this.till
    const card = (await (await shopper.phoneOf(server, phone)).get('me')).body
    const key = Buffer.from(card.codeKey, 'base64url')
    const code = memberCode(card.memberNo, key, over.atMs ?? server.clock.nowMs())
    this.codes.remember(over.memberId ?? card.memberId, code)
    return code
  }

  order(memberId: string, over: object = {}) {
    const goodsFen = fen(8_000)
    const usual = { memberId: memberId as never, goodsFen, seen: [], chosen: null }
    return { ...usual, isWithPoints: false, ...over }
  }

  /** The till prints a receipt and the cashier gives it to the member; answers the giving. */
  gives(memberId: string, totalFen: number): ReceiptAssigned {
    const nowMs = this.clock.correctedNowMs()
    const document = saleDocument({ receiptNo: freshReceiptNo(), totalFen: fen(totalFen) })
    const capture = { bytes: captureBytes(document), capturedAtMs: nowMs, captureId: freshId() }
    this.core.captures.take([rawCapture(capture)], [])
    const taken = this.core.captures.takeForParse()
    if (!taken) throw new Error('nothing to read')
    const read = { document, surrogateText: document.text }
    const documents = [prepareDocument(read, 0, taken, TIME_ZONE)]
    const { captureId, sourceKind } = taken
    const till = this.till.enrolled
    this.core.receipts.record({ captureId, sourceKind, till, nowMs, documents })
    const receiptId = this.core.tillReceipts.list()[0]?.receiptId ?? ''
    const eventId = freshId() as never
    const given = this.core.tillReceipts.assign({ receiptId, memberId, eventId, nowMs })
    if (!given.ok) throw new Error(given.code)
    const giving = this.waiting().find(
      (event) => (event as { eventId: string }).eventId === eventId,
    )
    return giving as ReceiptAssigned
  }

  /** What waits to be sent, as it was minted. */
  waiting(): object[] {
    return this.core.outbox
      .peek({ eventsMax: 100, bytesMax: 1_000_000 })
      .map(({ payload }) => JSON.parse(payload) as object)
  }

  /** Sends what waits, and takes the answer. */
  async sends(): Promise<(string | null)[]> {
    const events = this.waiting()
    if (events.length === 0) return []
    const { results } = await this.till.send(events)
    this.core.outbox.applyResults(results, this.clock.correctedNowMs())
    return results.map(({ code }) => code)
  }

  private async ask(path: string, json: object): Promise<Asked<never>> {
    if (!this.isOnline || !this.isReached) return { kind: 'unreachable' }
    const { server } = this.till
    const token = await this.till.token()
    const reply = await server.fetch(`/agent/v1/${path}`, { token, json })
    if (reply.status === 200) return { kind: 'answered', answer: reply.body as never }
    return { kind: 'refused', code: reply.body.code, detail: reply.body.detail ?? null }
  }
}
