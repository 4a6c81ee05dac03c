import { readFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { ImportJob } from '@huike/shared/contracts/console-imports'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { dataPath, describeData } from '../rig/data.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { checked, taken } from '../rig/imports.js'
import { IS_LONG } from '../rig/long.js'
import { enrolTill, startTestServer, type TestServer } from '../rig/server.js'

// Thirteen months of a real shop through the product's own import: what comes out is counted the way
// expected.json says. By default the first part of the file, against what is counted of that part
// here; all of it, against expected.json, with HUIKE_TEST_LONG=1.

const SLICE_LINES = 6_000
const LONG_MS = 600_000
const MILLI_FEN_PER_YUAN = 100_000

interface Counted {
  lines: number
  invoices: number
  cancellationInvoices: number
  anonymousInvoices: number
  customers: number
  saleInvoices: number
  buyingCustomers: number
  /** Exact, in thousandths of a fen. */
  grossMilliFen: number
  returnsMilliFen: number
  sumMilliFen: number
  /** Of every line, rounded half up to the fen. */
  roundedFen: number
}

describeData('the retail data', () => {
  const file = readFileSync(dataPath('analytics', 'retail', 'online_retail_slice.csv.gz'))
  const published = JSON.parse(
    readFileSync(dataPath('analytics', 'retail', 'expected.json'), 'utf8'),
  )
  const { bytes, counted } = IS_LONG ? whole(file) : slice(file)

  it('is counted here as it is published', () => {
    const { counted: all } = whole(file)
    expect(all).toMatchObject({
      lines: published.raw.lines,
      invoices: published.raw.invoices,
      cancellationInvoices: published.raw.cancellation_invoices,
      anonymousInvoices: published.raw.invoices_without_customer,
      customers: published.raw.customers,
      saleInvoices: published.kpi.sale_invoices,
      buyingCustomers: published.kpi.buying_customers,
      grossMilliFen: milliFen(published.kpi.gross_sales),
      returnsMilliFen: milliFen(published.kpi['returns_amount(negative)']),
      sumMilliFen: milliFen(published.raw.amount_sum_all_lines),
    })
  })

  describeEachDatabase('imported', (kit) => {
    let opened: OpenedDatabase
    let server: TestServer
    let owner: ConsolePerson
    let job: ImportJob

    beforeAll(async () => {
      opened = await kit.open()
      server = await startTestServer(opened)
      const till = await enrolTill(server)
      owner = await signInAs(server, 'owner')
      const { storeId } = till.enrolled
      const ready = await checked(server, owner, { bytes, storeId, name: 'retail.csv.gz' })
      expect(ready).toMatchObject({ state: 'checked', kind: 'orders', templateId: 'invoice_lines' })
      job = await taken(server, owner, ready.id)
      expect(job.taken).toEqual(ready.check)
    }, LONG_MS)
    afterAll(async () => {
      await server.stop()
      await opened.drop()
    })

    const number = async (sql: string): Promise<number> => {
      const [row] = await server.database.read((rx) => rx.rows(sql))
      return Number(row?.['n'])
    }

    it('reports purchases, refunds, members, anonymous orders and the sum of rounding', () => {
      expect(job.taken).toMatchObject({
        rows: counted.lines,
        lines: counted.lines,
        sales: counted.invoices - counted.cancellationInvoices,
        refunds: counted.cancellationInvoices,
        newMembers: counted.customers,
        anonymous: counted.anonymousInvoices,
        ...{ duplicates: 0, cancelled: 0, rejected: {} },
      })
      const { salesFen = 0, refundsFen = 0, roundingMilliFen } = job.taken ?? {}
      expect(salesFen - refundsFen).toBe(counted.roundedFen)
      expect(roundingMilliFen).toBe(counted.roundedFen * 1000 - counted.sumMilliFen)
    })

    it('has them in the tables, each once', async () => {
      expect(await number('SELECT COUNT(*) AS n FROM purchase')).toBe(counted.invoices)
      expect(await number("SELECT COUNT(*) AS n FROM purchase WHERE kind = 'refund'")).toBe(
        counted.cancellationInvoices,
      )
      expect(await number('SELECT COUNT(*) AS n FROM purchase_line')).toBe(counted.lines)
      expect(await number('SELECT COUNT(*) AS n FROM purchase WHERE memberId IS NULL')).toBe(
        counted.anonymousInvoices,
      )
      expect(await number('SELECT COUNT(*) AS n FROM member')).toBe(counted.customers)
      expect(await number('SELECT COUNT(*) AS n FROM points_transfer')).toBe(0)
      const ofSales = `purchase p WHERE p.kind = 'sale' AND p.memberId IS NOT NULL AND EXISTS (
        SELECT 1 FROM purchase_line l WHERE l.purchaseId = p.id AND l.quantityMilli > 0
          AND l.amountFen > 0)`
      expect(await number(`SELECT COUNT(*) AS n FROM ${ofSales}`)).toBe(counted.saleInvoices)
      expect(await number(`SELECT COUNT(DISTINCT p.memberId) AS n FROM ${ofSales}`)).toBe(
        counted.buyingCustomers,
      )
    })

    it('adds up to the gross sales and the returns, to within what rounding did', async () => {
      const ofMembers = 'FROM purchase WHERE memberId IS NOT NULL AND kind ='
      const gross = await number(`SELECT SUM(totalFen) AS n ${ofMembers} 'sale'`)
      const returns = await number(`SELECT SUM(totalFen) AS n ${ofMembers} 'refund'`)
      expect(Math.abs(gross * 1000 - counted.grossMilliFen)).toBeLessThan(1_000)
      expect(-returns * 1000).toBe(counted.returnsMilliFen)
    })

    it(
      'takes nothing twice when the file comes again',
      async () => {
        const { storeId } = job
        const again = await checked(server, owner, { bytes, storeId: storeId ?? '' })
        expect(again.importedBeforeAtMs).not.toBeNull()
        const expected = { duplicates: counted.invoices, sales: 0, refunds: 0, newMembers: 0 }
        expect(again.check).toMatchObject(expected)
        const done = await taken(server, owner, again.id)
        expect(done.taken).toMatchObject(expected)
        expect(await number('SELECT COUNT(*) AS n FROM purchase')).toBe(counted.invoices)
      },
      LONG_MS,
    )
  })
})

function whole(file: Buffer): { bytes: Buffer; counted: Counted } {
  return { bytes: file, counted: countOf(gunzipSync(file).toString('utf8')) }
}

/** The first lines, up to the end of an invoice. */
function slice(file: Buffer): { bytes: Buffer; counted: Counted } {
  const lines = gunzipSync(file).toString('utf8').split('\n')
  let end = SLICE_LINES
  while (invoiceOf(lines[end]) === invoiceOf(lines[end - 1])) end -= 1
  const text = `${lines.slice(0, end).join('\n')}\n`
  return { bytes: gzipSync(text), counted: countOf(text) }
}

function invoiceOf(line = ''): string {
  return line.slice(0, line.indexOf(','))
}

/** Counts by the rules of expected.json, with nothing of the product. */
function countOf(text: string): Counted {
  const rows = text.trimEnd().split('\n').slice(1).map(cellsOf)
  const lines = rows.map((cells) => {
    const [invoice = '', , , , quantity = '', , price = '', customer = ''] = cells
    const milli = Number(quantity) * milliFen(price)
    const rounded = Math.sign(milli) * Math.floor((Math.abs(milli) + 500) / 1000)
    const isCancellation = invoice.startsWith('C')
    const isSale = customer !== '' && !isCancellation && Number(quantity) > 0 && Number(price) > 0
    return { invoice, customer, milli, rounded, isCancellation, isSale }
  })
  const sales = lines.filter(({ isSale }) => isSale)
  const returns = lines.filter((line) => line.isCancellation && line.customer !== '')
  const sum = (of: typeof lines) => of.reduce((total, { milli }) => total + milli, 0)
  const distinct = (values: readonly string[]) => new Set(values).size
  return {
    lines: lines.length,
    invoices: distinct(lines.map(({ invoice }) => invoice)),
    cancellationInvoices: distinct(
      lines.filter(({ isCancellation }) => isCancellation).map(({ invoice }) => invoice),
    ),
    anonymousInvoices: distinct(
      lines.filter(({ customer }) => customer === '').map(({ invoice }) => invoice),
    ),
    customers: distinct(lines.map(({ customer }) => customer).filter((one) => one !== '')),
    saleInvoices: distinct(sales.map(({ invoice }) => invoice)),
    buyingCustomers: distinct(sales.map(({ customer }) => customer)),
    grossMilliFen: sum(sales),
    returnsMilliFen: sum(returns),
    sumMilliFen: sum(lines),
    roundedFen: lines.reduce((total, { rounded }) => total + rounded, 0),
  }
}

/** Cells of a line whose quotes hold commas and no line ends. */
function cellsOf(line: string): string[] {
  return [...line.trimEnd().matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = '']) => cell)
}

function milliFen(yuan: string): number {
  return Math.round(Number(yuan) * MILLI_FEN_PER_YUAN)
}
