import { Injectable } from '@nestjs/common'
import type { ImportTemplate, ImportTemplateInput } from '@huike/shared/contracts/console-imports'
import { mapColumns } from '@huike/shared/import-columns'
import type { ImportField } from '@huike/shared/import-fields'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { Clock } from '../platform/clock.js'
import { Database, UniqueViolation, type Statements } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import { StaffAuditService } from '../staff/staff-audit.service.js'
import type { ImportTemplateRow } from './import-template.entity.js'
import { shippedTemplates } from './templates/guess-template.js'

// Templates: those that come with the product, and what people saved for the next file of a kind.

const OWN_TEMPLATES_MAX = 200

@Injectable()
export class ImportTemplatesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly audit: StaffAuditService,
  ) {}

  /** Every template, the chain's own first. */
  async list(): Promise<ImportTemplate[]> {
    const own = await this.database.read((rx) => this.own(rx))
    return [...own, ...shippedTemplates()]
  }

  /** A template by id or name, with what its headers make of these columns; null for none. */
  async fit(
    idOrName: string,
    headers: readonly string[],
  ): Promise<{ template: ImportTemplate; fields: (ImportField | null)[] } | null> {
    const all = await this.list()
    const template = all.find(({ id, name }) => id === idOrName || name === idOrName)
    return template ? { template, fields: mapColumns(headers, template) } : null
  }

  /** What the chain saved, by name. */
  async own(statements: Statements): Promise<ImportTemplate[]> {
    const rows = await statements.rows<ImportTemplateRow>(
      `SELECT * FROM import_template ORDER BY name LIMIT ${String(OWN_TEMPLATES_MAX)}`,
    )
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      kind: row.kind as ImportTemplate['kind'],
      headers: JSON.parse(row.headers) as ImportTemplate['headers'],
      options: JSON.parse(row.options) as ImportTemplate['options'],
      isOwn: true,
    }))
  }

  /** Saves a mapping under a name; one of the same name gives way. Refuses `rate_limited`. */
  async keep(
    staffId: string,
    input: ImportTemplateInput,
  ): Promise<{ ok: true; template: ImportTemplate } | Refusal> {
    const nowMs = this.clock.nowMs()
    const { name, kind, headers, options } = input
    const kept = [kind, JSON.stringify(headers), JSON.stringify(options), staffId, nowMs]
    try {
      return await this.database.write(async (tx) => {
        const own = await this.own(tx)
        const before = own.find((template) => template.name === name)
        if (!before && own.length >= OWN_TEMPLATES_MAX)
          return refuse('rate_limited', `最多保存 ${String(OWN_TEMPLATES_MAX)} 个模板`)
        const id = before?.id ?? mintId(nowMs)
        const columns = ['kind', 'headers', 'options', 'createdBy', 'createdAtMs']
        if (before)
          await tx.run(
            `UPDATE import_template SET ${columns.map((one) => `${one} = ?`).join(', ')}
             WHERE id = ?`,
            [...kept, id],
          )
        else await tx.insert('import_template', ['id', 'name', ...columns], [[id, name, ...kept]])
        const deed = { staffId, action: 'import.template_saved', subjectId: id, detail: name }
        await this.audit.append(tx, { ...deed, atMs: nowMs })
        return { ok: true as const, template: { id, name, kind, headers, options, isOwn: true } }
      })
    } catch (error) {
      if (error instanceof UniqueViolation) return refuse('name_taken')
      throw error
    }
  }
}
