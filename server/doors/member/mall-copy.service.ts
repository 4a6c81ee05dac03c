import { Injectable } from '@nestjs/common'
import type { ExchangeState } from '@huike/shared/contracts/mall'
import { codeInGroups, EXCHANGE_WORDS } from '@huike/shared/mall-words'
import type { MallExchange } from '../../mall/mall-exchange.entity.js'
import { itemKey, MallItemsService, type KeptTerms } from '../../mall/mall-items.service.js'
import { MallListsService } from '../../mall/mall-lists.service.js'
import { Database } from '../../platform/database.js'
import { timeInWords, type CopyRow } from './copy-sections.js'

const ROWS_PER_READ = 200

/** The exchanges in a member's copy: what was taken for points, when, and what became of it. */
@Injectable()
export class MallCopyService {
  constructor(
    private readonly database: Database,
    private readonly lists: MallListsService,
    private readonly items: MallItemsService,
  ) {}

  /** The exchanges of one record, the newest first, some at a time. */
  async *pages(memberId: string): AsyncGenerator<CopyRow[]> {
    let beforeId: string | null = null
    for (;;) {
      const of = { memberId, beforeId, limit: ROWS_PER_READ }
      const [page, termsOf] = await this.database.read(async (rx) => {
        const rows = await this.lists.page(rx, of)
        return [rows, await this.items.termsOf(rx, rows)] as const
      })
      yield page.map((row) => exchangeRow(row, termsOf.get(itemKey(row))))
      const last: MallExchange | undefined = page.at(-1)
      if (!last || page.length < ROWS_PER_READ) return
      beforeId = last.id
    }
  }
}

function exchangeRow(row: MallExchange, kept: KeptTerms | undefined): CopyRow {
  const { quantity, points, state, code, reason, returnedPoints, createdAtMs, endedAtMs } = row
  const name = kept?.terms.name ?? ''
  return {
    facts: { name, quantity, points, state, code, reason, returnedPoints, createdAtMs, endedAtMs },
    words: [
      ['兑换的是', `${name} × ${String(quantity)}`],
      ['用了积分', `${String(points)} 分`],
      ['状态', EXCHANGE_WORDS[state as ExchangeState]],
      ...(code === null ? [] : ([['兑换码', codeInGroups(code)]] as const)),
      ...(reason === null ? [] : ([['取消的原因', reason]] as const)),
      ['退回积分', `${String(returnedPoints)} 分`],
      ['兑换时间', timeInWords(createdAtMs)],
      ['结束时间', endedAtMs === null ? '还没有' : timeInWords(endedAtMs)],
    ],
  }
}
