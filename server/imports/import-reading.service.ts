import { Inject, Injectable } from '@nestjs/common'
import { localDate } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import type { ImportJob } from './import-job.entity.js'
import { openFileKey, openPlan, type ImportPlan } from './import-plan.js'
import { memberRowOf, type MemberRow } from './rows/member-row.js'
import { orderNoOf, orderOf, ORDER_ROWS_MAX, type ImportedOrder } from './rows/order-group.js'
import type { CellsOf } from './rows/person.js'
import { RowCells } from './rows/row-cells.js'
import { reject, type RowProblem } from './rows/row-problem.js'
import { SealedFile } from './sealed-file.js'
import { openTable } from './table/open-table.js'
import type { TableRow } from './table/table-source.js'

// The file of an import as what is taken: members row by row, orders by the rows that make them up.
// It streams: a batch is at most ROWS_PER_BATCH rows, or one order.

const ROWS_PER_BATCH = 500

/** One member or order of the file, or the rows it could not be read from. */
export interface ImportItem<Read> {
  /** The rows it was read from; of an endless order the first ones. */
  rows: TableRow[]
  rowCount: number
  lastRowNo: number
  read: Read | RowProblem
}

/** Some items, and the number of the last row that is done with them. */
export interface ImportBatch<Read> {
  items: ImportItem<Read>[]
  lastRowNo: number
}

/** The shop whose wall clock the file was written by, and now. */
export interface ReadingPlace {
  timeZone: string
  nowMs: number
  /** What the platform appends to a number before it hashes it. */
  salt: string
}

@Injectable()
export class ImportReadingService {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** The members of a file after the row `doneRowNo`; null when the file is on another machine. */
  async members(
    job: ImportJob,
    at: ReadingPlace,
    doneRowNo: number,
  ): Promise<AsyncGenerator<ImportBatch<MemberRow>> | null> {
    const plan = openPlan(this.config.keyring, job)
    const by = {
      ...at,
      namespace: plan.options.namespace,
      today: localDate(at.nowMs, at.timeZone),
    }
    const file = await this.open(job)
    return file && batched(file, memberItems(rowsAfter(file, doneRowNo), plan, by))
  }

  /** The orders of a file after the row `doneRowNo`, which ends one. */
  async orders(
    job: ImportJob,
    at: ReadingPlace,
    doneRowNo: number,
  ): Promise<AsyncGenerator<ImportBatch<ImportedOrder>> | null> {
    const plan = openPlan(this.config.keyring, job)
    const { namespace, refundPrefix } = plan.options
    const rules = { namespace, refundPrefix, timeZone: at.timeZone, salt: at.salt }
    const file = await this.open(job)
    return (
      file &&
      batched(
        file,
        orderItems(rowsAfter(file, doneRowNo), plan, (orderNo, rows) =>
          orderOf(orderNo, rows, rules),
        ),
      )
    )
  }

  /** The sealed file of a job, open; null when it is not on this machine. */
  open(job: ImportJob): Promise<SealedFile | null> {
    const { dataDirectory, keyring } = this.config
    const known = { key: openFileKey(keyring, job), byteLength: job.fileBytes }
    return SealedFile.open(dataDirectory, job.id, known)
  }
}

async function* rowsAfter(file: SealedFile, doneRowNo: number): AsyncGenerator<TableRow> {
  const table = await openTable(file)
  for await (const rows of table.rows())
    for (const row of rows) if (row.rowNo > doneRowNo) yield row
}

async function* memberItems(
  rows: AsyncGenerator<TableRow>,
  plan: ImportPlan,
  by: Parameters<typeof memberRowOf>[1],
): AsyncGenerator<ImportItem<MemberRow>> {
  const reader = new RowCells(plan.fields)
  for await (const row of rows) {
    const { cells, problem } = reader.read(row)
    const read = problem ?? memberRowOf(cells, by)
    yield { rows: [row], rowCount: 1, lastRowNo: row.rowNo, read }
  }
}

/** Rows that are being put together. */
interface OpenOrder {
  orderNo: string
  rows: { row: TableRow; cells: CellsOf }[]
  rowCount: number
  lastRowNo: number
  /** Of one of its rows: it refuses the order. */
  problem: RowProblem | null
}

async function* orderItems(
  rows: AsyncGenerator<TableRow>,
  plan: ImportPlan,
  readOrder: (orderNo: string, rows: OpenOrder['rows']) => ImportedOrder | RowProblem,
): AsyncGenerator<ImportItem<ImportedOrder>> {
  const reader = new RowCells(plan.fields)
  let order: OpenOrder | null = null
  const closed = (one: OpenOrder): ImportItem<ImportedOrder> => ({
    rows: one.rows.map(({ row }) => row),
    rowCount: one.rowCount,
    lastRowNo: one.lastRowNo,
    read: one.problem ?? readOrder(one.orderNo, one.rows),
  })
  for await (const row of rows) {
    const { cells, problem } = reader.read(row)
    const no = orderNoOf(cells)
    if (order && (!no.ok || order.orderNo !== no.orderNo)) {
      yield closed(order)
      order = null
    }
    if (!no.ok) {
      yield { rows: [row], rowCount: 1, lastRowNo: row.rowNo, read: problem ?? no }
      continue
    }
    order ??= { orderNo: no.orderNo, rows: [], rowCount: 0, lastRowNo: 0, problem: null }
    order.rowCount += 1
    order.lastRowNo = row.rowNo
    order.problem ??= problem
    if (order.rows.length < ORDER_ROWS_MAX) order.rows.push({ row, cells })
    else order.problem = reject('lines_too_many')
  }
  if (order) yield closed(order)
}

/** Items in batches; the file is closed when the last is read, or the reader stops. */
async function* batched<Read>(
  file: SealedFile,
  items: AsyncGenerator<ImportItem<Read>>,
): AsyncGenerator<ImportBatch<Read>> {
  let batch: ImportItem<Read>[] = []
  let rowCount = 0
  const cut = (): ImportBatch<Read> => {
    const done = { items: batch, lastRowNo: batch.at(-1)?.lastRowNo ?? 0 }
    batch = []
    rowCount = 0
    return done
  }
  try {
    for await (const item of items) {
      batch.push(item)
      rowCount += item.rowCount
      if (rowCount >= ROWS_PER_BATCH) yield cut()
    }
    if (batch.length > 0) yield cut()
  } finally {
    await file.close()
  }
}
