// One form of text to read labels and numbers in, while names keep the characters as printed:
// folding replaces characters one by one and never changes the length.

/** Traditional forms of the characters that labels are made of. */
const TRADITIONAL = new Map(
  [
    '單单號号總总計计應应實实現现額额數数價价優优員员銀银時时間间機机門门會会貨货項项據据讓让積积點点餘余',
    '帳账賬账戶户費费換换兌兑贖赎儲储預预結结廚厨製制補补複复聯联證证專专戰战電电話话條条碼码編编稱称',
    '規规惠惠減减贈赠買买賣卖訂订賓宾萬万億亿圓元開开關关錢钱發发稅税續零',
  ].flatMap((pairs) => pairsOf(pairs)),
)
/** Characters that take two columns on a receipt printer. */
const WIDE =
  /[\u1100-\u115f\u2010-\u2027\u2030-\u205e\u2103-\u27bf\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6×÷·§°±]/

/** Single characters set apart, up to a colon. */
const SPREAD_LABEL = /(?<![\u4e00-\u9fff])(?:[\u4e00-\u9fff]\s{1,3}){1,4}[\u4e00-\u9fff](?=\s*:)/g

/** Folds full-width and traditional characters to the forms the readers know; same length. */
export function fold(text: string): string {
  let folded = ''
  for (let at = 0; at < text.length; at++) folded += foldUnit(text[at] ?? '')
  return folded
}

function foldUnit(unit: string): string {
  const code = unit.charCodeAt(0)
  if (code < 0x80) return unit
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0)
  switch (unit) {
    case '\u3000':
    case '\u00a0':
      return ' '
    case '￥':
      return '¥'
    case '−':
    case '﹣':
    case '‐':
    case '‑':
    case '–':
      return '-'
    case '×':
    case '✕':
    case '╳':
    case '✖':
      return '×'
    case '＊':
      return '*'
    case '﹕':
    case '∶':
      return ':'
    case '﹒':
    case '．':
      return '.'
  }
  return TRADITIONAL.get(unit) ?? unit
}

/** Labels are spread to look even (单 号:, 收 银 员:): closes the gaps, not keeping the length. */
export function closeSpreadLabels(folded: string): string {
  return folded.replace(SPREAD_LABEL, (label) => label.replace(/\s+/g, ''))
}

/** How many columns of a receipt a text takes: two for a Chinese character. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of text)
    width += character.length > 1 || (character > '\u007f' && WIDE.test(character)) ? 2 : 1
  return width
}

/** Takes stars, rules, brackets and spaces off both ends: `*** 重打小票 ***` → `重打小票`. */
export function undecorated(text: string): string {
  return text.replace(
    /^[\s*#=\-~_—─━·•.。【[(<《「『|!!]+|[\s*#=\-~_—─━·•【】\])>》」』|!!]+$/g,
    '',
  )
}

/** Is this line only a rule: dashes, stars, dots, box drawing? */
export function isRule(folded: string): boolean {
  const text = folded.replace(/\s+/g, '')
  return text.length >= 4 && /^[-=*_.~#+·—─━―┄┅…═﹍﹉‐]+$/.test(text)
}

function pairsOf(text: string): [string, string][] {
  const pairs: [string, string][] = []
  for (let at = 0; at + 1 < text.length; at += 2) pairs.push([text[at] ?? '', text[at + 1] ?? ''])
  return pairs
}
