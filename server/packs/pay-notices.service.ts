import { Inject, Injectable } from '@nestjs/common'
import type { Logger } from 'pino'
import { Clock } from '../platform/clock.js'
import { crashPoint } from '../platform/crash-points.js'
import { Database, UniqueViolation, valuesOf, type Tx } from '../platform/database.js'
import { LOGGER, PAY } from '../platform/tokens.js'
import type { NoticeRead, PayRefund, WechatPay } from '../platform/wechat-pay.js'
import { PackPaymentsService, type TradeFacts } from './pack-payments.service.js'
import { PackRefundsService } from './pack-refunds.service.js'
import type { PayNoticeRow } from './pay-notice.entity.js'

// What WeChat Pay tells. It is verified and decrypted, kept under its own id, and only then answered;
// it is acted on after that. Told twice, late or in another order, it changes nothing more: what it
// says is weighed against the order as it is now.

const NOTICE_COLUMNS = [
  'id',
  'kind',
  'number',
  'facts',
  'receivedAtMs',
  'nextAtMs',
  'attempts',
] as const satisfies (keyof PayNoticeRow)[]
/** Longer than WeChat Pay tells anything again: 24 hours. */
const KEPT_MS = 30 * 86_400_000

@Injectable()
export class PayNoticesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(PAY) private readonly pay: WechatPay | null,
    private readonly payments: PackPaymentsService,
    private readonly refunds: PackRefundsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Takes a notification in; false where it is not believed. */
  async take(told: {
    header: (name: string) => string | undefined
    body: Buffer
  }): Promise<boolean> {
    const read = this.pay?.readNotice(told)
    if (!read?.ok) {
      // Nothing of what it says: it may be anybody's.
      this.logger.warn({ why: read?.why ?? 'off' }, 'a payment notification was not believed')
      return false
    }
    const row = this.#rowOf(read.notice)
    if (row !== null) await this.#keep(row)
    crashPoint('pack.after-notice')
    return true
  }

  /** Acts on what one notification says. */
  async settle(row: PayNoticeRow): Promise<void> {
    await this.database.write(async (tx) => {
      if (row.kind === 'trade') {
        const settled = await this.payments.settle(tx, JSON.parse(row.facts) as TradeFacts)
        if (settled === 'unknown')
          this.logger.warn({ noticeId: row.id }, 'a payment of an order that is not known')
      } else await this.refunds.settle(tx, JSON.parse(row.facts) as PayRefund)
      await tx.run('UPDATE pay_notice SET nextAtMs = NULL WHERE id = ?', [row.id])
    })
    crashPoint('pack.after-paid')
  }

  /** Forgets what was told long ago. */
  forgetOld(tx: Tx): Promise<number> {
    return tx.run('DELETE FROM pay_notice WHERE receivedAtMs < ? AND nextAtMs IS NULL', [
      this.clock.nowMs() - KEPT_MS,
    ])
  }

  #rowOf(notice: Extract<NoticeRead, { ok: true }>['notice']): PayNoticeRow | null {
    const nowMs = this.clock.nowMs()
    const fresh = { id: notice.id, receivedAtMs: nowMs, nextAtMs: nowMs, attempts: 0 }
    switch (notice.kind) {
      case 'trade': {
        const facts = JSON.stringify(this.payments.factsOf(notice.trade))
        return { ...fresh, kind: 'trade', number: notice.trade.orderNo, facts }
      }
      case 'refund': {
        const isOurs = notice.merchantId === this.pay?.settings.merchantId
        const facts = JSON.stringify(notice.refund)
        return isOurs ? { ...fresh, kind: 'refund', number: notice.refund.refundNo, facts } : null
      }
      case 'other':
        return null
    }
  }

  async #keep(row: PayNoticeRow): Promise<void> {
    try {
      await this.database.write(async (tx) => {
        const known = await tx.rows('SELECT id FROM pay_notice WHERE id = ?', [row.id])
        if (known.length === 0)
          await tx.insert('pay_notice', NOTICE_COLUMNS, [valuesOf(row, NOTICE_COLUMNS)])
      })
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error
    }
  }
}
