import { Inject, Injectable } from '@nestjs/common'
import {
  CODE_FAULTS_MAX,
  COUPON_CODES_BYTES_MAX,
  type CodesReport,
  type CodesSummary,
} from '@huike/shared/contracts/coupon-codes'
import { readCouponCode } from '@huike/shared/coupon-codes'
import { POSTER_CODE_CHARACTERS_MIN } from '@huike/shared/poster-codes'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { MembersService } from '../members/members.service.js'
import { Clock } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import {
  Database,
  inList,
  listParameter,
  UniqueViolation,
  valuesOf,
  type Statements,
  type Tx,
} from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { CodeLines, type CodeLine } from './code-lines.js'
import { CODE_COLUMNS, codeIndexOf } from './coupon-code-index.js'
import { countWrong, triesOf } from './code-tries.js'
import type { CouponCode } from './coupon-code.entity.js'
import { CouponTemplatesService } from './coupon-templates.service.js'
import { CouponsService, type Given } from './coupons.service.js'
import { PosterClaimsService } from './poster-claims.service.js'

// Codes that were printed or sold elsewhere. A file is taken as it comes in, some hundred rows in a
// commit; the same code is there once, so a file that broke off, or is sent again, adds what is
// missing. A code is used once, by who types it first; who types wrong ones too often waits until
// tomorrow, however many phones and servers they try.

const ROWS_PER_COMMIT = 500
/** Two files may bring the same code at once; the later then finds it there. */
const RACES_MAX = 5
interface Batch {
  templateId: string
  staffId: string
  codes: readonly string[]
}

@Injectable()
export class CouponCodesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly members: MembersService,
    private readonly templates: CouponTemplatesService,
    private readonly coupons: CouponsService,
    private readonly posters: PosterClaimsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Takes the codes of a file for a kind of coupon; what is no code is reported. Refuses `not_found`,
   * `file_too_large` and `file_not_table`; what was taken until then stays.
   */
  async take(
    templateId: string,
    staffId: string,
    body: AsyncIterable<Uint8Array>,
  ): Promise<{ ok: true; report: CodesReport } | Refusal> {
    const found = await this.database.read((rx) => this.templates.byIds(rx, [templateId]))
    if (found.length === 0) return refuse('not_found')
    const report: CodesReport = {
      added: 0,
      known: 0,
      elsewhere: 0,
      onPosters: 0,
      faulty: 0,
      faults: [],
    }
    const lines = new CodeLines()
    let codes: string[] = []
    let bytes = 0
    const flush = async () => {
      if (codes.length > 0) await this.#add(report, { templateId, staffId, codes })
      codes = []
    }
    for await (const chunk of body) {
      bytes += chunk.byteLength
      if (bytes > COUPON_CODES_BYTES_MAX) return refuse('file_too_large')
      for (const line of lines.take(chunk)) {
        codes.push(...read(report, line))
        if (codes.length >= ROWS_PER_COMMIT) await flush()
      }
      if (lines.isBinary) return refuse('file_not_table')
    }
    codes.push(...lines.end().flatMap((line) => read(report, line)))
    await flush()
    return { ok: true, report }
  }

  /** How many codes a kind of coupon has, and how many were used; null where there is no such kind. */
  async summaryOf(statements: Statements, templateId: string): Promise<CodesSummary | null> {
    const [template] = await this.templates.byIds(statements, [templateId])
    if (!template) return null
    const [row] = await statements.rows<Record<'imported' | 'used', number | string>>(
      `SELECT COUNT(*) AS imported, COUNT(usedAtMs) AS used FROM coupon_code
       WHERE templateId = ? AND posterId IS NULL`,
      [templateId],
    )
    const { stock, issued } = template
    return {
      imported: Number(row?.imported ?? 0),
      used: Number(row?.used ?? 0),
      stockLeft: stock === null ? null : Math.max(0, stock - issued),
    }
  }

  /**
   * Gives the coupon of a code to who typed it. Refuses `coupon_code_unknown`, `coupon_code_used`,
   * `coupon_code_locked` after too many of these in a day, `member_not_found`, and as
   * `CouponsService.give` does; of a poster as `PosterClaimsService.claim` does.
   */
  async claim(memberId: string, typed: string): Promise<Given> {
    const read = readCouponCode(typed, POSTER_CODE_CHARACTERS_MIN)
    const index = read.ok ? this.#indexOf(read.code) : null
    const posterId = index === null ? null : await this.#posterOf(index)
    return posterId === null
      ? this.#claimOnce(memberId, index)
      : this.posters.claim({ posterId, memberId })
  }

  #claimOnce(memberId: string, index: string | null): Promise<Given> {
    const nowMs = this.clock.nowMs()
    return this.database.write(async (tx): Promise<Given> => {
      const present = await this.members.lockPresent(tx, [memberId])
      if (present.length === 0) return refuse('member_not_found')
      const tries = await triesOf(tx, memberId, nowMs)
      const code = index === null ? null : await this.#lock(tx, index)
      // Their own is never a guess: it is answered again.
      const isOwn = code?.memberId === memberId
      if (!isOwn && tries.isLocked) return refuse('coupon_code_locked')
      if (!code || (code.usedAtMs !== null && !isOwn)) {
        await countWrong(tx, tries)
        return refuse(code ? 'coupon_code_used' : 'coupon_code_unknown')
      }
      return this.#give(tx, code, { memberId, nowMs })
    })
  }

  async #give(
    tx: Tx,
    { id, templateId }: CouponCode,
    { memberId, nowMs }: { memberId: string; nowMs: number },
  ): Promise<Given> {
    const actor = `member:${memberId}`
    const gift = { templateId, memberId, sourceKey: `code|${id}`, actor, isClaim: false }
    const [given] = await this.coupons.give(tx, [gift], nowMs)
    if (!given) throw new Error('a gift was not answered')
    if (given.ok && given.isNew)
      await tx.run('UPDATE coupon_code SET memberId = ?, couponId = ?, usedAtMs = ? WHERE id = ?', [
        memberId,
        given.coupon.id,
        nowMs,
        id,
      ])
    return given
  }

  /** Codes never move between posters and those that work once: who reads it first need not hold it. */
  async #posterOf(index: string): Promise<string | null> {
    const [row] = await this.database.read((rx) =>
      rx.rows<Pick<CouponCode, 'posterId'>>(
        'SELECT posterId FROM coupon_code WHERE codeIndex = ?',
        [index],
      ),
    )
    return row?.posterId ?? null
  }

  async #lock(tx: Tx, index: string): Promise<CouponCode | null> {
    const [row] = await tx.rows<CouponCode>(
      `SELECT * FROM coupon_code WHERE codeIndex = ? AND posterId IS NULL${tx.forUpdate}`,
      [index],
    )
    return row ?? null
  }

  async #add(report: CodesReport, batch: Batch): Promise<void> {
    const indexes = batch.codes.map((code) => this.#indexOf(code))
    for (let race = 1; ; race += 1) {
      try {
        const done = await this.database.write((tx) => this.#insert(tx, indexes, batch))
        report.added += done.added
        report.elsewhere += done.elsewhere
        report.onPosters += done.onPosters
        report.known += indexes.length - done.added - done.elsewhere - done.onPosters
        return
      } catch (error) {
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX) throw error
      }
    }
  }

  async #insert(
    tx: Tx,
    indexes: readonly string[],
    { templateId, staffId }: Batch,
  ): Promise<{ added: number; elsewhere: number; onPosters: number }> {
    const nowMs = this.clock.nowMs()
    const distinct = [...new Set(indexes)].sort()
    const known = await tx.rows<Pick<CouponCode, 'codeIndex' | 'templateId' | 'posterId'>>(
      `SELECT codeIndex, templateId, posterId FROM coupon_code WHERE codeIndex IN ${inList(tx)}`,
      [listParameter(tx, distinct)],
    )
    const isKnown = new Set(known.map(({ codeIndex }) => codeIndex))
    const fresh = distinct.filter((index) => !isKnown.has(index))
    await tx.insert(
      'coupon_code',
      CODE_COLUMNS,
      fresh.map((codeIndex) => {
        const row: CouponCode = {
          ...{ id: mintId(nowMs), templateId, codeIndex, memberId: null, couponId: null },
          ...{ usedAtMs: null, createdAtMs: nowMs, createdBy: staffId, posterId: null },
        }
        return valuesOf(row, CODE_COLUMNS)
      }),
    )
    const countOf = (isIt: (one: (typeof known)[number]) => boolean) => {
      const among = new Set(known.filter(isIt).map(({ codeIndex }) => codeIndex))
      return indexes.filter((index) => among.has(index)).length
    }
    return {
      added: fresh.length,
      elsewhere: countOf((one) => one.posterId === null && one.templateId !== templateId),
      onPosters: countOf(({ posterId }) => posterId !== null),
    }
  }

  #indexOf(code: string): string {
    return codeIndexOf(this.config.keyring, code)
  }
}

/** The code of a row, if it is one; a first row that is none names the columns. */
function read(report: CodesReport, { row, text }: CodeLine): string[] {
  const code = readCouponCode(text)
  if (code.ok) return [code.code]
  if (row === 1) return []
  report.faulty += 1
  if (report.faults.length < CODE_FAULTS_MAX) report.faults.push({ row, reason: code.reason })
  return []
}
