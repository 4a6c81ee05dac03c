import { formatYuan } from '@huike/shared/quantities'
import type { Trade } from './catalogue.js'
import { EscposWriter, fitColumns, roundLogo, type Cell } from './escpos-writer.js'
import { METHOD_NAMES, negateFen, type TillDocument, type TillLine } from './till-document.js'

// Four ways a Chinese shop prints: 80 mm supermarket columns, 58 mm convenience store with two
// lines per item, 80 mm restaurant placed with ESC $, 58 mm beauty and pharmacy with a member block.
// Wording and columns are of the kind seen on real papers; no shop's receipt is copied.

export type LayoutName = 'supermarket80' | 'convenience58' | 'restaurant80' | 'beauty58'

export const LAYOUT_TRADES: Record<LayoutName, Trade> = {
  supermarket80: 'supermarket',
  convenience58: 'convenience',
  restaurant80: 'restaurant',
  beauty58: 'beauty',
}

const COLUMNS_80_MM = 48
const COLUMNS_58_MM = 32
const LOGO_DOTS = 96

/** The print job of one document in one shop's layout. */
export function renderDocument(layout: LayoutName, document: TillDocument): Uint8Array {
  switch (document.kind) {
    case 'kitchen':
      return kitchenSlip(document)
    case 'report':
      return shiftReport(document)
    case 'sale':
    case 'refund':
    case 'reprint':
    case 'prebill':
      return RECEIPTS[layout](document)
  }
}

const RECEIPTS: Record<LayoutName, (document: TillDocument) => Uint8Array> = {
  supermarket80,
  convenience58,
  restaurant80,
  beauty58,
}

function supermarket80(document: TillDocument): Uint8Array {
  const paper = new EscposWriter(COLUMNS_80_MM).init()
  const isRefund = document.totalFen < 0
  marks(paper, document)
  paper.title(document.storeName, true)
  paper.row(
    { text: `单号:${document.receiptNo ?? ''}`, column: 0 },
    { text: `机号:${document.terminalNo}`, column: 28 },
  )
  if (isRefund) paper.line(`原单号:${document.originalReceiptNo ?? ''}`)
  paper.line(`收银员:${document.cashier}   日期:${spaced(document.printedAt)}`).rule()
  const cells = (...texts: [string, string, string, string]): Cell[] => [
    { text: fitColumns(texts[0], 24), column: 0 },
    { text: texts[1], column: 30, align: 'right' },
    { text: texts[2], column: 38, align: 'right' },
    { text: texts[3], column: 48, align: 'right' },
  ]
  paper.row(...cells('品名', '数量', '单价', '金额')).rule()
  for (const line of document.lines)
    paper.row(...cells(line.name, quantity(line), yuan(line.unitPriceFen), yuan(line.amountFen)))
  paper.rule()
  const { lines, subtotalFen } = document
  paper.row(
    { text: `数量合计: ${String(pieces(lines))}`, column: 0 },
    { text: `合计: ${yuan(subtotalFen)}`, column: 48, align: 'right' },
  )
  if (isRefund) return refundEnd(paper, document)
  discounts(paper, document)
  paper.pair('应付:', yuan(document.totalFen))
  paper.line(`付款方式: ${payments(document)}`)
  if (document.changeFen > 0) paper.line(`找零: ${yuan(document.changeFen)}`)
  member(paper, document)
  return end(paper, document, '谢谢惠顾 欢迎再次光临')
}

function convenience58(document: TillDocument): Uint8Array {
  const paper = new EscposWriter(COLUMNS_58_MM).init()
  marks(paper, document)
  paper.title(document.storeName)
  paper.line(`流水号 ${document.receiptNo ?? ''}`)
  if (document.totalFen < 0) paper.line(`原流水号 ${document.originalReceiptNo ?? ''}`)
  paper.line(`时间 ${slashed(document.printedAt)}`)
  paper.line(`机号 ${document.terminalNo}  收银员 ${document.cashier}`).rule()
  for (const line of document.lines) {
    paper.line(line.name)
    const sum = `${quantity(line)}x${yuan(line.unitPriceFen)} ${yuan(line.amountFen)}`
    paper.row({ text: line.code, column: 0 }, { text: sum, column: 32, align: 'right' })
  }
  paper.rule()
  paper.pair(`共${String(pieces(document.lines))}件`, `合计￥${yuan(document.subtotalFen)}`)
  if (document.totalFen < 0) return refundEnd(paper, document)
  discounts(paper, document)
  paper.pair('实付', yuan(document.totalFen))
  for (const { method, amountFen } of document.payments)
    paper.pair(METHOD_NAMES[method], yuan(amountFen))
  if (document.changeFen > 0) paper.pair('找零', yuan(document.changeFen))
  member(paper, document)
  return end(paper, document, '欢迎光临')
}

function restaurant80(document: TillDocument): Uint8Array {
  const paper = new EscposWriter(COLUMNS_80_MM).init()
  marks(paper, document)
  paper.title(document.storeName, true)
  paper.title(document.kind === 'prebill' ? '预结单' : '结账单')
  paper.positionedRow(
    { text: `桌号:${document.table ?? ''}`, column: 0 },
    { text: `台机:${document.terminalNo}`, column: 30 },
  )

  if (document.receiptNo !== null) paper.line(`账单号:${document.receiptNo}`)
  if (document.totalFen < 0) paper.line(`原单号:${document.originalReceiptNo ?? ''}`)
  paper.line(`收银员:${document.cashier}`)
  paper.line(`结账时间:${spaced(document.printedAt)}`).rule('=')
  const place = (...texts: [string, string, string]) =>
    paper.positionedRow(
      { text: texts[0], column: 0 },
      { text: texts[1], column: 32, align: 'right' },
      { text: texts[2], column: 48, align: 'right' },
    )
  place('菜品名称', '数量', '小计')
  for (const line of document.lines)
    place(line.name, `${quantity(line)}${line.unit}`, yuan(line.amountFen))
  paper.rule('=')
  paper.pair('消费合计:', yuan(document.subtotalFen))
  if (document.totalFen < 0) return refundEnd(paper, document)
  discounts(paper, document)
  paper.bold(true).pair('应收金额:', yuan(document.totalFen)).bold(false)
  if (document.kind === 'prebill') return end(paper, document, '未付款 请到收银台结账')
  for (const { method, amountFen } of document.payments)
    paper.pair(`${METHOD_NAMES[method]}:`, yuan(amountFen))
  if (document.changeFen > 0) paper.pair('找零:', yuan(document.changeFen))
  member(paper, document)
  return end(paper, document, '欢迎下次光临')
}

function beauty58(document: TillDocument): Uint8Array {
  const paper = new EscposWriter(COLUMNS_58_MM).init()
  const logo = roundLogo(LOGO_DOTS)
  paper.align('center').raster(logo.widthBytes, logo.rows).align('left')
  marks(paper, document)
  paper.title(document.storeName)
  paper.line(`小票号:${document.receiptNo ?? ''}`)
  if (document.totalFen < 0) paper.line(`原小票号:${document.originalReceiptNo ?? ''}`)
  paper.line(`款台:${document.terminalNo} 收银员:${document.cashier}`)
  paper.line(`交易时间:${spaced(document.printedAt)}`)
  member(paper, document)
  paper.rule('=')
  for (const line of document.lines) {
    paper.line(line.name)
    const full = line.amountFen < 0 ? line.amountFen : line.amountFen + line.discountFen
    paper.row(
      { text: `${quantity(line)}${line.unit}`, column: 4 },
      { text: yuan(line.unitPriceFen), column: 20, align: 'right' },
      { text: formatYuan(full as TillLine['amountFen']), column: 32, align: 'right' },
    )
    if (line.discountFen > 0 && line.amountFen > 0)
      paper.pair('  会员价优惠', yuan(negateFen(line.discountFen)))
  }
  paper.rule('=')
  paper.pair('合计', yuan(document.subtotalFen))
  if (document.totalFen < 0) return refundEnd(paper, document)
  discounts(paper, document)
  paper.pair('应付', yuan(document.totalFen))
  for (const { method, amountFen } of document.payments)
    paper.pair(`  ${METHOD_NAMES[method]}`, yuan(amountFen))
  if (document.changeFen > 0) paper.pair('找零', yuan(document.changeFen))
  return end(paper, document, '七天内凭小票退换')
}

/** What goes to the kitchen: no prices, no amount. */
function kitchenSlip(document: TillDocument): Uint8Array {
  const paper = new EscposWriter(COLUMNS_80_MM).init()
  paper.title('厨房制作单', true)
  paper.line(`桌号:${document.table ?? ''}  ${document.printedAt.slice(11)}`).rule()
  for (const line of document.lines)
    paper
      .big(true)
      .line(`${line.name} x${quantity(line)}`)
      .big(false)
  return paper.feed(3).cut().bytes()
}

function shiftReport(document: TillDocument): Uint8Array {
  const paper = new EscposWriter(COLUMNS_80_MM).init()
  paper.title('交班报表', true)
  paper.line(document.storeName)
  paper.line(`机号:${document.terminalNo}  收银员:${document.cashier}`)
  paper.line(`交班时间:${spaced(document.printedAt)}`).rule()
  paper.pair('销售笔数', String(document.counts?.sales ?? 0))
  paper.pair('退货笔数', String(document.counts?.refunds ?? 0))
  for (const { method, amountFen } of document.payments)
    paper.pair(METHOD_NAMES[method], yuan(amountFen))
  paper.rule().pair('合计', yuan(document.totalFen))
  return paper.feed(3).cut().bytes()
}

function marks(paper: EscposWriter, document: TillDocument): void {
  if (document.kind === 'reprint') paper.title('*** 重打小票 ***')
  if (document.kind === 'prebill') paper.title('*** 未付款 ***')
  if (document.totalFen < 0) paper.title('【退货单】')
}

function discounts(paper: EscposWriter, document: TillDocument): void {
  for (const { label, amountFen } of document.discounts)
    paper.pair(label, yuan(negateFen(amountFen)))
}

function member(paper: EscposWriter, { member: known }: TillDocument): void {
  if (!known) return
  paper.line(`会员卡号: ${known.phoneMasked}`)
  paper.line(`本次积分: ${String(known.pointsEarned)}  累计积分: ${String(known.pointsTotal)}`)
}

function refundEnd(paper: EscposWriter, document: TillDocument): Uint8Array {
  const methods = document.payments.map(({ method }) => METHOD_NAMES[method]).join(' ')
  paper.pair('退款:', yuan(negateFen(document.totalFen)))
  return end(paper.line(`退款方式: ${methods}`), document, '谢谢惠顾')
}

function end(paper: EscposWriter, document: TillDocument, farewell: string): Uint8Array {
  paper.title(farewell).feed(3).cut()
  const isCash = document.payments.some(({ method }) => method === 'cash')
  if (isCash && document.kind !== 'reprint') paper.kickDrawer()
  return paper.bytes()
}

function payments(document: TillDocument): string {
  return document.payments
    .map(({ method, amountFen }) => `${METHOD_NAMES[method]} ${yuan(amountFen)}`)
    .join('  ')
}

const yuan = formatYuan

function quantity(line: TillLine): string {
  return Number.isInteger(line.quantity) ? String(line.quantity) : line.quantity.toFixed(3)
}

/** Weighed goods count as one piece each. */
function pieces(lines: readonly TillLine[]): number {
  const counts = lines.map((line) =>
    Number.isInteger(line.quantity) ? line.quantity : Math.sign(line.quantity),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

function spaced(printedAt: string): string {
  return printedAt.replace('T', ' ')
}

function slashed(printedAt: string): string {
  return spaced(printedAt).replaceAll('-', '/')
}
