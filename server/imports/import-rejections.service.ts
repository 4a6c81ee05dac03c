import { Inject, Injectable } from '@nestjs/common'
import {
  IMPORT_FIELD_NAMES,
  REJECTIONS,
  type ImportField,
  type Rejection,
} from '@huike/shared/import-fields'
import { maskIdentity } from '@huike/shared/identities'
import { maskName } from '@huike/shared/names'
import { maskPhone, maskPhonesIn, normalisePhone } from '@huike/shared/phone'
import { CONFIG, type Config } from '../platform/config.js'
import { BYTE_ORDER_MARK, csvLine } from '../platform/csv-line.js'
import { Database, type Tx } from '../platform/database.js'
import type { ImportItem } from './import-reading.service.js'
import type { ImportRejection } from './import-rejection.entity.js'

// Rows that were not taken, kept sealed so that they can be told: each in the transaction that
// passed it, so that a row is rejected once however often its server dies. What people get of them is
// masked; with the number of its row each is found in the file they have.

/** Beyond this rows are counted and not kept: the file is of another kind, or hopeless. */
export const KEPT_PER_IMPORT_MAX = 100_000
const CELLS_BYTES_MAX = 32_768
const PER_READ = 500
const DELETED_PER_WRITE = 5_000

/** Money, a count, a day or a time: nothing of a person. */
const PLAIN = /^[-¥￥\d.,]{1,9}$|^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([ T][\d:]+)?$/

export type ImportPhase = 'check' | 'take'

@Injectable()
export class ImportRejectionsService {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Keeps the rows of items that were refused. */
  async add(
    tx: Tx,
    to: { importId: string; phase: ImportPhase },
    refused: readonly { item: ImportItem<unknown>; reason: Rejection }[],
  ): Promise<void> {
    const rows = refused.flatMap(({ item, reason }) =>
      item.rows.map(({ rowNo, cells }) => [
        to.importId,
        to.phase,
        rowNo,
        reason,
        this.config.keyring.seal(shortened(cells), sealContext(to.importId, to.phase, rowNo)),
      ]),
    )
    const columns = ['importId', 'phase', 'rowNo', 'reason', 'cellsSealed']
    await tx.insert('import_rejection', columns, rows)
  }

  /** Forgets the rows of a phase, some at a time. */
  async clear(importId: string, phase: ImportPhase): Promise<void> {
    for (;;) {
      const rows = await this.database.read((rx) =>
        rx.rows<Pick<ImportRejection, 'rowNo'>>(
          `SELECT rowNo FROM import_rejection WHERE importId = ? AND phase = ?
           ORDER BY rowNo LIMIT ${String(DELETED_PER_WRITE)}`,
          [importId, phase],
        ),
      )
      const last = rows.at(-1)
      if (!last) return
      await this.database.write((tx) =>
        tx.run('DELETE FROM import_rejection WHERE importId = ? AND phase = ? AND rowNo <= ?', [
          importId,
          phase,
          last.rowNo,
        ]),
      )
    }
  }

  /** The rows as a CSV file, masked and harmless to spreadsheets, in pieces. */
  async *csv(
    importId: string,
    phase: ImportPhase,
    columns: readonly { header: string; field: ImportField | null }[],
  ): AsyncGenerator<string> {
    // What nobody named may be anything: it stays in the file the shop has.
    const told = columns.flatMap(({ header, field }, column) =>
      field === null ? [] : [{ header, field, column }],
    )
    const headers = told.map(({ header, field }) => header || IMPORT_FIELD_NAMES[field])
    yield BYTE_ORDER_MARK + csvLine(['行号', '原因', ...headers])
    let after = 0
    for (;;) {
      const rows = await this.database.read((rx) =>
        rx.rows<ImportRejection>(
          `SELECT * FROM import_rejection WHERE importId = ? AND phase = ? AND rowNo > ?
           ORDER BY rowNo LIMIT ${String(PER_READ)}`,
          [importId, phase, after],
        ),
      )
      const last = rows.at(-1)
      if (!last) return
      after = last.rowNo
      yield rows.map((row) => this.#line(row, told)).join('')
    }
  }

  #line(row: ImportRejection, told: readonly { field: ImportField; column: number }[]): string {
    const context = sealContext(row.importId, row.phase, row.rowNo)
    const cells = JSON.parse(this.config.keyring.open(row.cellsSealed, context)) as string[]
    return csvLine([
      String(row.rowNo),
      REJECTIONS[row.reason as Rejection],
      ...told.map(({ field, column }) => maskedCell(cells[column] ?? '', field)),
    ])
  }
}

/** A cell as people may see it: by its field, and whatever else looks like a number of a phone. */
export function maskedCell(cell: string, field: ImportField | null): string {
  if (cell === '') return ''
  const phone = normalisePhone(cell)
  if (phone !== null) return maskPhone(phone)
  switch (field) {
    case 'phone':
    case 'phoneMd5':
    case 'phoneSha256':
    case 'card':
    case 'buyer':
    case 'birthday':
      return /\*/.test(cell) ? cell : maskIdentity('card', cell)
    case 'email':
      return maskIdentity('email', cell)
    case 'name':
    case 'address':
      return maskName(cell)
    case null:
      return PLAIN.test(cell) ? cell : maskName(cell)
    default:
      return maskPhonesIn(cell).replace(/[^\s@]+@(?=[^\s@]+\.)/g, '***@')
  }
}

/** The cells of a row, as many as fit; a row without an end is told by its number. */
function shortened(cells: readonly string[]): string {
  let bytes = 2
  const kept: string[] = []
  for (const cell of cells) {
    bytes += Buffer.byteLength(JSON.stringify(cell)) + 1
    if (bytes > CELLS_BYTES_MAX) break
    kept.push(cell)
  }
  return JSON.stringify(kept)
}

function sealContext(importId: string, phase: string, rowNo: number): string {
  return `import_rejection.cellsSealed|${importId}|${phase}|${String(rowNo)}`
}
