import { setTimeout as sleep } from 'node:timers/promises'
import { formatFen } from '@huike/shared/quantities'
import { LAYOUT_TRADES, type LayoutName } from './receipt-layouts.js'
import { LoopbackPrinter } from './printer.js'
import { SimulatedTill, type Printed, type PrintOutcome } from './till.js'
import { METHOD_NAMES, type TillDocumentKind } from './till-document.js'

// A shop to look at: a printer, and a till that sells something every few seconds until it is told
// to stop. One line per paper, for people.

interface ShopSettings {
  /** Where the till prints: the tap. */
  tillPort: number
  printerPort: number
  printerFile: string
  storeName: string
  terminalNo: string
  intervalMs: number
  seed: number
  /** One layout, or several that take turns. */
  layouts: LayoutName[]
}

const INTERVAL_MS_MIN = 50
/** Layouts that take turns number their receipts this far apart. */
const NUMBERS_APART = 100_000_000
const EXIT_BAD_SETTINGS = 2

const KIND_NAMES: Record<TillDocumentKind, string> = {
  sale: '销售',
  refund: '退货',
  reprint: '重打',
  kitchen: '厨房单',
  prebill: '预结单',
  report: '交班',
}

const OUTCOME_NAMES: Record<PrintOutcome, string> = {
  printed: '已打印',
  unreachable: '打印机连不上',
  no_answer: '打印机没有应答',
  offline: '打印机脱机',
  paper_out: '打印机缺纸',
}

const settings = readSettings(process.argv[2])
if (typeof settings === 'string') {
  process.stderr.write(`收银机模拟:${settings}\n`)
  process.exitCode = EXIT_BAD_SETTINGS
} else await run(settings)

async function run(shop: ShopSettings): Promise<void> {
  const stopping = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      stopping.abort()
    })
  const printer = new LoopbackPrinter({ port: shop.printerPort, file: shop.printerFile })
  await printer.listen()
  // A till that starts again goes on with other numbers, as a real one does.
  const firstNumber = (Math.floor(Date.now() / 1000) % 10_000_000) + 1
  const { tillPort: port, storeName, terminalNo, seed } = shop
  const clock = () => Date.now()
  const tills = shop.layouts.map(
    (layout, index) =>
      new SimulatedTill({
        ...{ port, storeName, terminalNo, layout, clock },
        firstNumber: firstNumber + index * NUMBERS_APART,
        seed: seed + firstNumber + index,
      }),
  )
  for (let turn = 0; !stopping.signal.aborted; turn += 1) {
    const till = tills[turn % tills.length]
    if (till) console.log(describe(await till.next()))
    await sleep(shop.intervalMs, undefined, { signal: stopping.signal }).catch(() => undefined)
  }
  for (const till of tills) console.log(describe(await till.shiftReport()))
  await printer.close()
}

function describe({ document, outcome }: Printed): string {
  const { kind, receiptNo, originalReceiptNo, totalFen, lines, payments, member } = document
  const parts = [`${document.printedAt.slice(11)} ${document.storeName}`, KIND_NAMES[kind]]
  if (receiptNo !== null) parts.push(receiptNo)
  if (kind === 'refund') parts.push(`(原单 ${originalReceiptNo ?? ''})`)
  if (kind === 'report') parts.push(`共 ${String(document.counts?.sales ?? 0)} 笔`)
  else parts.push(`${String(lines.length)} 种商品`)
  if (kind !== 'kitchen') parts.push(formatFen(totalFen))
  if (kind === 'sale') parts.push(payments.map(({ method }) => METHOD_NAMES[method]).join('+'))
  if (member) parts.push(`会员 ${member.phoneMasked}`)
  return `${parts.join(' ')} · ${OUTCOME_NAMES[outcome]}`
}

/** The settings, or what is wrong with them. */
function readSettings(text: string | undefined): ShopSettings | string {
  let given: Partial<ShopSettings>
  try {
    given = Object(JSON.parse(text ?? '')) as Partial<ShopSettings>
  } catch {
    return '请用 JSON 给出设置'
  }
  const { tillPort, printerPort, printerFile, storeName } = given
  const { terminalNo = '01', intervalMs = 4000, seed = 1, layouts = ['supermarket80'] } = given
  if (!Number.isInteger(tillPort) || tillPort === undefined) return 'tillPort 必须是端口号'
  if (!Number.isInteger(printerPort) || printerPort === undefined) return 'printerPort 必须是端口号'
  if (!printerFile || !storeName) return '缺少 printerFile 或 storeName'
  if (!(intervalMs >= INTERVAL_MS_MIN)) return `intervalMs 不能小于 ${String(INTERVAL_MS_MIN)}`
  if (layouts.length === 0 || !layouts.every((layout) => Object.hasOwn(LAYOUT_TRADES, layout)))
    return `layouts 只能是 ${Object.keys(LAYOUT_TRADES).join('、')}`
  return { tillPort, printerPort, printerFile, storeName, terminalNo, intervalMs, seed, layouts }
}
