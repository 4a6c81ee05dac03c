import { Inject, Injectable } from '@nestjs/common'
import {
  IMPORT_BYTES_MAX,
  type ImportJob as ImportJobView,
  type ImportMapping,
  type ImportState,
} from '@huike/shared/contracts/console-imports'
import {
  IMPORT_FIELD_NAMES,
  IMPORT_KIND_NAMES,
  missingFields,
  type ImportField,
  type ImportKind,
} from '@huike/shared/import-fields'
import type { ImportId } from '@huike/shared/ids'
import { outcomeSentence, refuse, type OutcomeCode, type Refusal } from '@huike/shared/outcomes'
import { maskPhonesIn } from '@huike/shared/phone'
import type { EpochMs } from '@huike/shared/quantities'
import { Clock } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import { Database, UniqueViolation, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { StaffAuditService } from '../staff/staff-audit.service.js'
import { StaffService } from '../staff/staff.service.js'
import { StoresService } from '../stores/stores.service.js'
import type { ImportJob } from './import-job.entity.js'
import {
  callOff,
  importedBefore,
  IMPORT_KEPT_MS,
  insertJob,
  jobAlive,
  jobById,
  jobsPage,
  NEVER_MS,
  sendToCheck,
  sendToTake,
  tallyOf,
} from './import-jobs.js'
import { openPlan, sealFileKey, sealPlan, type ImportPlan } from './import-plan.js'
import { ImportReadingService } from './import-reading.service.js'
import {
  ImportRejectionsService,
  maskedCell,
  type ImportPhase,
} from './import-rejections.service.js'
import { ImportTemplatesService } from './import-templates.service.js'
import { removeSpooled, SealedFile, spool, type SpooledFile } from './sealed-file.js'
import { findHeader } from './table/find-header.js'
import { openTable } from './table/open-table.js'
import { TableError } from './table/table-error.js'
import { guessTemplate, knownHeaders } from './templates/guess-template.js'

// Imports as people ask for them. A file comes in and is sealed on its way to the disk; its columns
// are guessed and may be corrected; it is checked as a whole, and only then may it be taken. The same
// file twice at once is one import. With several servers the folder `imports` of the data directory
// must be one they share.

const SAMPLE_ROWS = 5
/** Who works at the command line of the server has no account. */
export const OPERATOR = ''

@Injectable()
export class ImportsService {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly reading: ImportReadingService,
    private readonly rejections: ImportRejectionsService,
    private readonly templates: ImportTemplatesService,
    private readonly staff: StaffService,
    private readonly stores: StoresService,
    private readonly audit: StaffAuditService,
  ) {}

  /**
   * Takes a file in. Refuses what is no table with the code that says why (`file_…`); then nothing is
   * left of it. A file that is in hand already is answered with that import.
   */
  async receive(
    staffId: string,
    fileName: string,
    body: AsyncIterable<Uint8Array>,
  ): Promise<{ ok: true; job: ImportJobView; isNew: boolean } | Refusal> {
    const nowMs = this.clock.nowMs()
    const id = mintId(nowMs)
    const { dataDirectory } = this.config
    try {
      const file = await spool(dataDirectory, id, body, IMPORT_BYTES_MAX)
      const job = await this.#jobOf({ id, staffId, fileName, file, nowMs })
      const kept = await this.#keep(job)
      if (kept.id !== id) await removeSpooled(dataDirectory, id)
      const shown = await this.database.read((rx) => this.#view(rx, kept))
      return { ok: true, job: shown, isNew: kept.id === id }
    } catch (error) {
      await removeSpooled(dataDirectory, id)
      if (error instanceof TableError) return refuse(error.code, error.detail)
      // The line broke: nobody is there to be answered, and nothing is wrong here.
      if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') return refuse('file_truncated')
      throw error
    }
  }

  /** A page of imports, newest first. */
  async page(before: { atMs: number; id: string } | null, limit: number): Promise<ImportJobView[]> {
    return this.database.read(async (rx) => this.#views(rx, await jobsPage(rx, before, limit)))
  }

  /** One import. Refuses `not_found`. */
  async one(id: string): Promise<{ ok: true; job: ImportJobView } | Refusal> {
    return this.database.read(async (rx) => {
      const job = await jobById(rx, id)
      return job ? { ok: true as const, job: await this.#view(rx, job) } : refuse('not_found')
    })
  }

  /** The first rows of a file, masked. Refuses `not_found` and `import_not_now`. */
  async sample(id: string): Promise<{ ok: true; rows: string[][] } | Refusal> {
    const job = await this.database.read((rx) => jobById(rx, id))
    if (!job) return refuse('not_found')
    const plan = openPlan(this.config.keyring, job)
    const file = isOver(job) ? null : await this.reading.open(job)
    if (!file) return refuse('import_not_now', '文件已经删除，或在另一台服务器上')
    try {
      const rows: string[][] = []
      const table = await openTable(file)
      for await (const some of table.rows()) {
        for (const { rowNo, cells } of some)
          if (rowNo > plan.headerRowNo && rows.length < SAMPLE_ROWS)
            rows.push(plan.fields.map((field, at) => maskedCell(cells[at] ?? '', field)))
        if (rows.length >= SAMPLE_ROWS) break
      }
      return { ok: true, rows }
    } finally {
      await file.close()
    }
  }

  /**
   * Says how a file is to be read, and sends it to be checked. Refuses `not_found`, `import_not_now`,
   * `columns_unknown` (naming them) and `input_invalid` for a store that is none.
   */
  async map(
    staffId: string,
    id: string,
    mapping: ImportMapping,
  ): Promise<{ ok: true; job: ImportJobView } | Refusal> {
    const nowMs = this.clock.nowMs()
    const answer = await this.database.write(async (tx) => {
      const job = await jobById(tx, id)
      if (!job) return refuse('not_found')
      const plan = openPlan(this.config.keyring, job)
      if (mapping.fields.length !== plan.headers.length)
        return refuse('input_invalid', '列的数目与文件不同，请刷新后再试')
      const missing = missingFields(mapping.kind, fieldSet(mapping.fields))
      if (missing.length > 0) return refuse('columns_unknown', inWords(missing))
      if (!(await this.stores.find(tx, mapping.storeId)))
        return refuse('input_invalid', '没有这家门店')
      const { fields, options } = mapping
      const planSealed = sealPlan(this.config.keyring, id, { ...plan, fields, options })
      if (!(await sendToCheck(tx, job, { mapping, planSealed, nowMs })))
        return refuse('import_not_now')
      await this.#writeDown(tx, {
        staffId,
        action: 'import.checked',
        id,
        detail: IMPORT_KIND_NAMES[mapping.kind],
        nowMs,
      })
      return { ok: true as const }
    })
    return answer.ok ? this.one(id) : answer
  }

  /** Lets a checked import begin. Refuses `not_found` and `import_not_now`. */
  async start(staffId: string, id: string): Promise<{ ok: true; job: ImportJobView } | Refusal> {
    const nowMs = this.clock.nowMs()
    const isStarted = await this.database.write(async (tx) => {
      if (!(await sendToTake(tx, id, nowMs))) return false
      await this.#writeDown(tx, { staffId, action: 'import.started', id, detail: null, nowMs })
      return true
    })
    return isStarted ? this.one(id) : this.#notNow(id)
  }

  /** Calls an import off: what was taken stays, the file goes. Refuses as `start`. */
  async cancel(staffId: string, id: string): Promise<{ ok: true; job: ImportJobView } | Refusal> {
    const nowMs = this.clock.nowMs()
    const isOff = await this.database.write(async (tx) => {
      if (!(await callOff(tx, id, nowMs))) return false
      await this.#writeDown(tx, { staffId, action: 'import.cancelled', id, detail: null, nowMs })
      return true
    })
    if (!isOff) return this.#notNow(id)
    await removeSpooled(this.config.dataDirectory, id)
    return this.one(id)
  }

  /**
   * The rows that were not taken, or would not be, as pieces of a CSV file; fetching them is written
   * down. Refuses `not_found`, and `import_not_now` before the check and after a week.
   */
  async rejected(
    staffId: string,
    id: string,
  ): Promise<{ ok: true; csv: AsyncGenerator<string> } | Refusal> {
    const nowMs = this.clock.nowMs()
    return this.database.write(async (tx) => {
      const job = await jobById(tx, id)
      if (!job) return refuse('not_found')
      if (job.checkTally === null || job.nextAtMs === NEVER_MS)
        return refuse('import_not_now', '没有可下载的行')
      await this.#writeDown(tx, {
        ...{ staffId, action: 'import.rejected_fetched', id, detail: null, nowMs },
      })
      const phase: ImportPhase = job.takenTally === null ? 'check' : 'take'
      const plan = openPlan(this.config.keyring, job)
      return { ok: true as const, csv: this.rejections.csv(id, phase, columnsOf(plan)) }
    })
  }

  async #jobOf(from: {
    id: string
    staffId: string
    fileName: string
    file: SpooledFile
    nowMs: number
  }): Promise<ImportJob> {
    const { id, staffId, file, nowMs } = from
    const { keyring } = this.config
    const found = await this.#lookAt(id, file)
    const fileName = maskPhonesIn(from.fileName)
    const plan: ImportPlan = { ...found.plan, fileName }
    const fileHash = keyring.contentHash(`import|${file.sha256}`)
    return {
      ...{ id, staffId, state: 'uploaded', kind: found.kind, templateId: found.templateId },
      storeId: null,
      planSealed: sealPlan(keyring, id, plan),
      fileKeySealed: sealFileKey(keyring, id, file.key),
      ...{ fileBytes: file.byteLength, fileHash, liveHash: fileHash },
      ...{ checkTally: null, takenTally: null, doneRows: 0, totalRows: null },
      ...{ failCode: null, failDetail: null, attempts: 0 },
      ...{ nextAtMs: nowMs + IMPORT_KEPT_MS, createdAtMs: nowMs, finishedAtMs: null },
    }
  }

  /** Reads the beginning of a file: what it is, and what its columns seem to be. */
  async #lookAt(
    id: string,
    spooled: SpooledFile,
  ): Promise<{
    kind: string
    templateId: string
    plan: Omit<ImportPlan, 'fileName'>
  }> {
    const file = await SealedFile.open(this.config.dataDirectory, id, spooled)
    if (!file) throw new Error(`the file of import ${id} is gone`)
    try {
      const table = await openTable(file)
      const { rowNo, headers } = await findHeader(table, knownHeaders)
      const own = await this.database.read((rx) => this.templates.own(rx))
      const { template, fields } = guessTemplate(headers, own)
      const { format, encoding } = table
      const plan = { format, encoding, headerRowNo: rowNo, headers, fields }
      return {
        kind: template.kind,
        templateId: template.id,
        plan: { ...plan, options: template.options },
      }
    } finally {
      await file.close()
    }
  }

  /** Keeps a new job, or answers with the one that has the same file in hand. */
  async #keep(job: ImportJob): Promise<ImportJob> {
    try {
      return await this.database.write(async (tx) => {
        const alive = await jobAlive(tx, job.fileHash)
        if (alive) return alive
        await insertJob(tx, job)
        const { id, staffId, createdAtMs: nowMs } = job
        const detail = IMPORT_KIND_NAMES[job.kind as ImportKind]
        await this.#writeDown(tx, { staffId, action: 'import.uploaded', id, detail, nowMs })
        return job
      })
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error
      const alive = await this.database.read((rx) => jobAlive(rx, job.fileHash))
      if (!alive) throw error
      return alive
    }
  }

  async #notNow(id: string): Promise<Refusal> {
    const job = await this.database.read((rx) => jobById(rx, id))
    return refuse(job ? 'import_not_now' : 'not_found')
  }

  async #writeDown(
    tx: Tx,
    what: { staffId: string; action: string; id: string; detail: string | null; nowMs: number },
  ): Promise<void> {
    const { staffId, action, id, detail, nowMs } = what
    await this.audit.append(tx, { staffId, action, subjectId: id, detail, atMs: nowMs })
  }

  async #view(rx: Statements, job: ImportJob): Promise<ImportJobView> {
    const [view] = await this.#views(rx, [job])
    if (!view) throw new Error(`import ${job.id} cannot be shown`)
    return view
  }

  /** Imports as people read them; as many statements for a hundred as for one. */
  async #views(rx: Statements, jobs: readonly ImportJob[]): Promise<ImportJobView[]> {
    const names = await this.staff.namesOf(rx, [...new Set(jobs.map(({ staffId }) => staffId))])
    const ids = jobs.map(({ id }) => id)
    const before = ids.length === 0 ? new Map<string, number>() : await importedBefore(rx, ids)
    return jobs.map((job) => {
      const by = names.get(job.staffId) ?? (job.staffId === OPERATOR ? '命令行' : '')
      return this.#viewOf(job, { by, beforeAtMs: before.get(job.id) ?? null })
    })
  }

  #viewOf(
    job: ImportJob,
    { by, beforeAtMs }: { by: string; beforeAtMs: number | null },
  ): ImportJobView {
    const plan = openPlan(this.config.keyring, job)
    const failCode = job.failCode as OutcomeCode | null
    return {
      id: job.id as ImportId,
      state: job.state as ImportState,
      fileName: plan.fileName,
      format: plan.format,
      encoding: plan.encoding,
      fileBytes: job.fileBytes,
      kind: job.kind as ImportJobView['kind'],
      templateId: job.templateId,
      storeId: job.storeId,
      columns: columnsOf(plan),
      options: plan.options,
      check: tallyOf(job.checkTally),
      taken: tallyOf(job.takenTally),
      doneRows: job.doneRows,
      totalRows: job.totalRows,
      failure:
        failCode === null
          ? null
          : { code: failCode, sentence: job.failDetail ?? outcomeSentence(failCode) },
      importedBeforeAtMs: beforeAtMs as EpochMs | null,
      createdAtMs: job.createdAtMs as EpochMs,
      finishedAtMs: job.finishedAtMs as EpochMs | null,
      by,
    }
  }
}

function columnsOf({ headers, fields }: ImportPlan): ImportJobView['columns'] {
  return headers.map((header, at) => ({ header, field: fields[at] ?? null }))
}

function isOver(job: ImportJob): boolean {
  return job.finishedAtMs !== null
}

function fieldSet(fields: readonly (ImportField | null)[]): Set<ImportField> {
  return new Set(fields.filter((field) => field !== null))
}

function inWords(missing: readonly (readonly ImportField[])[]): string {
  const groups = missing.map((group) => group.map((field) => IMPORT_FIELD_NAMES[field]).join('或'))
  return `还没有对应的列：${groups.join('；')}`
}
