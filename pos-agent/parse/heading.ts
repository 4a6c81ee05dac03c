import type { PrintedLine } from './escpos-layout.js'
import { isHeaderLine } from './header-fields.js'
import { findMoment } from './printed-time.js'
import { isRule, undecorated } from './text-fold.js'

// Who printed it: the shop's name at the top, which has no label. It is the first line of the
// heading that is not a title, or the heading's first line in large type.

const HEADING_LINES_MAX = 8
const NAME_CHARACTERS_MAX = 40
/** What kind of paper this is, greetings, remarks on printing: no shop is called that. */
const TITLE =
  /小票|单$|单据|收据|凭证|凭条|账单|帐单|消费单|水单|发票|欢迎|谢谢|感谢|重打|补打|重印|副本|联$|存根|打印|客人就餐|外卖|堂食|自提|打包|自取|已支付|未支付|在线支付|小计|合计|^logo$|receipt|invoice|^bill$|guest check|welcome|thank|duplicate|copy|voucher|coupon|order|ticket|items?:?$|refund|return|void|training/i
const CONTACT = /电话|tel|地址|add(?:ress)?[::]|热线|网址|www\.|http|\d{3,4}-\d{7,8}|@/i
/** The first line of a printer's own test page. */
const TEST_PAGE = /\btest\b|self-?test|测试|自检/i

/** The shop's name as the heading gives it, or null. */
export function readHeadingName(lines: readonly PrintedLine[]): string | null {
  const heading = headingOf(lines)
  const first = heading[0]
  if (first && TEST_PAGE.test(first.folded)) return null
  const names = namesIn(heading)
  return (names.find(({ isLarge }) => isLarge) ?? names[0])?.name ?? null
}

/** The names of the heading; a Latin name in large type is broken into lines: NORTH STREET / CAFE. */
function namesIn(heading: readonly PrintedLine[]): { name: string; isLarge: boolean }[] {
  const names: { name: string; isLarge: boolean }[] = []
  for (let at = 0; at < heading.length; at++) {
    const line = heading[at]
    const next = heading[at + 1]
    if (!line) continue
    const isBroken = next && line.doubleSize && next.doubleSize && isLatin(line) && isLatin(next)
    if (isBroken) at++
    const whole = isBroken ? `${line.folded.trim()} ${next.folded.trim()}` : line.folded
    if (!isName(whole)) continue
    names.push({ name: isBroken ? whole : nameIn(line), isLarge: line.doubleSize })
  }
  return names
}

function headingOf(lines: readonly PrintedLine[]): PrintedLine[] {
  const heading: PrintedLine[] = []
  for (const line of lines) {
    if (line.folded.trim() === '') continue
    const ends = isRule(line.folded) || isHeaderLine(line.folded) || findMoment(line.folded)
    if (ends && heading.length > 0) break
    if (heading.length >= HEADING_LINES_MAX) break
    if (!ends) heading.push(line)
  }
  return heading
}

function isName(folded: string): boolean {
  const text = greetingOff(folded)
  if (text.length < 2 || text.length > NAME_CHARACTERS_MAX) return false
  if (TITLE.test(text) || CONTACT.test(text) || /\s{3,}/.test(text)) return false
  return /[\u4e00-\u9fff]{2}|[A-Za-z]{2}/.test(text) && !/\d+\.\d{2}$|:\s*\S/.test(text)
}

function nameIn(line: PrintedLine): string {
  const text = line.text.trim()
  return /^欢迎光临.{2,}/.test(text) ? greetingOff(text) : trimmedStars(text)
}

function greetingOff(text: string): string {
  return undecorated(text.trim()).replace(/^欢迎光临[\s::,,!!]*(?=.{2,})/, '')
}

/** Stars may be part of a name (***餐馆): only those on both sides are decoration. */
function trimmedStars(text: string): string {
  return /^([*=~#【[<《-]+).*\S.*([*=~#】\]>》-]+)$/.test(text) ? undecorated(text) : text
}

function isLatin(line: PrintedLine): boolean {
  return /^[\x20-\x7e]+$/.test(line.folded.trim())
}
