import type { DocumentKind } from './document.js'
import { isRule, undecorated } from './text-fold.js'

// What kind of paper this is, told by its titles and marks. A title is a short line that says
// little else; a footer such as 退货请凭小票 says the word without being one.

/** A mark found on the paper; `null` where nothing but a sale is suggested. */
export type DocumentMark = Exclude<
  DocumentKind,
  'sale' | 'non_receipt' | 'unreadable' | 'display_sale'
>

interface MarkRow {
  mark: DocumentMark
  /** Matched against short lines on their own. */
  title: RegExp
  /** Matched anywhere in a line that is not small print. */
  anywhere?: RegExp
}

const TITLE_CHARACTERS_MAX = 24
const SMALL_PRINT =
  /凭|请|须|需(?!付)|天内|日内|恕|不(?!付)|如[需有]|可(?!乐|口|可|颂|丽)|无效|谢|保管|妥善|未经|概不|方可|政策|规定|说明|热线|投诉|扫码|关注|参与|领取|within|please|policy|days|must|keep|no refund|without/i

/** Order is precedence: a reprinted refund is a reprint, a merchant's copy of a refund a copy. */
const ROWS: readonly MarkRow[] = [
  {
    mark: 'reprint',
    title:
      /重打|补打|重印|补印|副本|复印件|再次打印|重复打印|重新打印|复打|duplicat|reprint|re-print|^copy$|\bcopy receipt/i,
    anywhere:
      /(?:补打|重打|重印|补印|复打)(?:时间|次数|印|小票|单|标志|票据|员)|第\s*(?:[2-9]|1\d|二|三|四)\s*次打印|(?:打印|重打|补打)次数\s*[::]?\s*(?:[2-9]|1\d)(?!\d)|[((【[*<](?:重打|补打|重印|副本|补印|复打|reprint|duplicate)[))】\]*>]/i,
  },
  {
    mark: 'duplicate_copy',
    title:
      /商户联|商家联|商户存根|商家存根|存根联?$|留存联|商家留存|商户留存|门店联|店铺联|财务联|记账联|收银联|收银存根|底联|底单|商户保留|商家保留|merchant copy|store copy|shop copy|office copy/i,
  },
  {
    mark: 'report',
    title:
      /交班|交接班|接班|日结|班结|结班|日报|周报|月报|报表|销售汇总|营业汇总|收银汇总|收款汇总|当班汇总|班次汇总|营业统计|销售统计|日汇总|日对账|对账汇总|扎帐|扎账|轧账|盘点|^[xz]\s?报|\b[xz][\s-]?(?:report|read)|shift (?:report|close)|end of (?:day|shift)|daily (?:report|summary|sales)|sales (?:report|summary)/i,
  },
  {
    mark: 'control',
    title:
      /^开(?:钱箱|箱|抽屉)|钱箱(?:打开|开启)|开钱箱|^签[到退]$|备用金|缴款单|充值(?:单|小票|凭证|凭条|成功|回执)|会员充值|储值(?:单|小票|凭证|充值)|培训模式|培训小票|练习模式|演示模式|training mode|training receipt|^training$|no sale|open drawer|cash (?:in|out|drop)|paid (?:in|out)$|签购单|调拨单|入库单|出库单|采购单/i,
  },
  {
    mark: 'void',
    title:
      /作废|撤销|冲销|冲正|反结账|反结帐|取消交易|交易取消|取消单|整单取消|订单取消|已取消|废单|^void|voided|void (?:sale|receipt|transaction)|cancel(?:l)?ed/i,
  },
  {
    mark: 'prebill',
    title:
      /预结|预打|对账单|对帐单|未付款|未结账|未结帐|未支付|待支付|待付款|待结账|未买单|埋单联|预览|点菜单|点餐单|加菜单|客户确认单|非结账凭证|仅供核对|预账单|预付单|guest check|pro ?forma|not paid|unpaid|pre-?bill|not a receipt|this is not a/i,
    anywhere:
      /预结单|预结账单|尚未付款|尚未结账|尚未支付|未付款|仅供核对|非付款凭证|不作为?(?:付款|结账|收款)凭证|状态\s*[::]\s*(?:未支付|待支付|未付款|未结账)/,
  },
  {
    mark: 'kitchen',
    title:
      /厨房|后厨|厨打|厨单|制作单|制作联|出品单|出品联|传菜|配菜单|划菜单|打荷|起菜|催菜|退菜单|水吧|吧台单|饮品制作|标签单|kitchen|\bkot\b|prep ticket|bar order/i,
  },
  {
    mark: 'refund',
    title:
      /退货|退款(?!金额|方式|原因|时间)|退单|红冲|^退$|销退|返品|refund|^returns?$|return receipt|sales return|credit note/i,
    anywhere: /(?:交易|业务|单据|销售|小票|订单)(?:类型|类别|性质)\s*[::]\s*(?:退货|退款|销退)/,
  },
  {
    mark: 'voucher',
    title:
      /(?:优惠|代金|兑换|提货|抽奖|抵用|礼品|现金|折扣|满减|体验|停车)券$|^(?:优惠|代金|兑换|抵用)券|抽奖凭证|兑奖|voucher$|^coupon$|gift certificate/i,
  },
]

/** Refund words in labels of amounts: not a title, but they say the same. */
const REFUND_LABEL = /^(?:退款金额|实退|应退|退款合计|退货金额|退货合计|退款|退款方式|refund)/i

/** Marks that only a heading carries; below the items the same word is an item or small print. */
const HEADING_MARKS: ReadonlySet<DocumentMark> = new Set([
  'report',
  'control',
  'void',
  'kitchen',
  'voucher',
])

/**
 * The first mark that the lines carry, or null. Lines `items.from` to `items.to` are the items: a
 * kitchen towel is no kitchen slip.
 */
export function readMark(
  lines: readonly string[],
  items: { from: number; to: number },
  isPriced: boolean,
): DocumentMark | null {
  const titles = lines.map((line, index) => ({ text: titleOf(line), index }))
  for (const { mark, title, anywhere } of ROWS) {
    // Many a restaurant is called …厨房; a slip for the kitchen has no total.
    if (mark === 'kitchen' && isPriced) continue
    const found = titles.some(
      ({ text, index }) =>
        text !== null &&
        (index < items.from || (index >= items.to && !HEADING_MARKS.has(mark))) &&
        title.test(text),
    )
    if (found) return mark
    if (anywhere && lines.some((line) => anywhere.test(line) && !/无效|为准/.test(line)))
      return mark
  }
  return null
}

/** Does a label of an amount speak of money given back? */
export function hasRefundLabel(lines: readonly string[]): boolean {
  return lines.some((line) => REFUND_LABEL.test(line.trim()))
}

/** The line as a title, or null: too long, a rule, small print, or a label with its value. */
function titleOf(line: string): string | null {
  if (isRule(line)) return null
  const text = undecorated(line).replace(/\s+/g, ' ')
  if (text === '' || [...text].length > TITLE_CHARACTERS_MAX || SMALL_PRINT.test(text)) return null
  const isTyped = /^(?:单据|交易|业务|小票|销售|订单)?(?:类型|类别|状态|性质)\s*[::]/.test(text)
  if (isTyped) return text.replace(/^[^::]*[::]\s*/, '')
  if (/[::]\s*\S/.test(text) || /\d+\.\d{2}/.test(text)) return null
  return text
}
