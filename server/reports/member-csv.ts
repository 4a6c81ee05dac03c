import type { MemberRow } from '@huike/shared/contracts/console-members'
import { formatYuan } from '@huike/shared/quantities'
import { BYTE_ORDER_MARK, csvLine } from '../platform/csv-line.js'

// Members as a CSV file that spreadsheets open.

const TITLES = [
  ...['会员号', '手机号', '姓名', '状态', '等级', '积分余额', '消费次数', '累计消费（元）'],
  ...['最近消费时间', '最近消费门店', '登记门店', '登记时间', '接收优惠消息'],
]

/** What the file begins with. */
export function csvHead(): string {
  return BYTE_ORDER_MARK + csvLine(TITLES)
}

/** The lines of these members; times are the wall's in `timeZone`. */
export function csvLines(rows: readonly MemberRow[], timeZone: string): string {
  const time = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  })
  return rows
    .map((row) =>
      csvLine([
        row.memberNo,
        row.phoneMasked,
        row.nameMasked ?? '',
        row.state === 'active' ? '已激活' : '待激活',
        row.levelName,
        String(row.balancePoints),
        String(row.purchaseCount),
        formatYuan(row.totalFen),
        row.lastPurchaseAtMs === null ? '' : time.format(row.lastPurchaseAtMs),
        row.lastStoreName ?? '',
        row.registeredStoreName ?? '',
        time.format(row.memberSinceMs),
        row.mayMarket ? '是' : '否',
      ]),
    )
    .join('')
}
