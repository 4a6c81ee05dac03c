import { createReadStream, createWriteStream, statSync } from 'node:fs'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { INestApplicationContext } from '@nestjs/common'
import {
  IMPORT_BYTES_MAX,
  type ImportJob,
  type ImportTally,
} from '@huike/shared/contracts/console-imports'
import {
  IMPORT_FIELDS,
  REJECTIONS,
  type ImportField,
  type Rejection,
} from '@huike/shared/import-fields'
import { outcomeSentence, type Refusal } from '@huike/shared/outcomes'
import { RunImportsService } from '../flows/run-imports.service.js'
import { ImportTemplatesService } from '../imports/import-templates.service.js'
import { ImportsService, OPERATOR } from '../imports/imports.service.js'
import type { Config } from '../platform/config.js'
import type { Database } from '../platform/database.js'
import { Relay } from '../platform/relay.js'
import { StoresService } from '../stores/stores.service.js'
import { IMPORT_USAGE, templateTables } from './import-guide.js'
import { withApp } from './with-app.js'

// `import`: members or orders from a file, at the command line of the server. The same way as in the
// console: checked as a whole, then taken. The same file again, after a kill, goes on where it was.

const PROGRESS_EVERY_MS = 1_000
const FAILED = 1
const MISUSED = 2
/** Rows of people, if masked: for whoever runs the command alone. */
const MODE_PRIVATE = 0o600

interface Wanted {
  path: string
  storeCode: string
  template: string | null
  /** Field → header. */
  map: Map<ImportField, string>
  earnsPoints: boolean
  isDryRun: boolean
  /** Where the rows that were not taken are written, masked; null for nowhere. */
  rejectedPath: string | null
}

/**
 * Imports a file, or prints the templates with the columns they know; answers the exit code: 2 for
 * words that make no sense, 1 for what was refused.
 */
export function importFile(
  config: Config,
  words: string[],
  say: (line: string) => void,
): Promise<number> {
  if (words.length === 1 && words[0] === 'templates') {
    say(templateTables())
    return Promise.resolve(0)
  }
  const wanted = wantedOf(words)
  if (!wanted) {
    say(`用法：${IMPORT_USAGE}`)
    return Promise.resolve(MISUSED)
  }
  return withApp(config, (app, database) => run(app, database, { wanted, say }))
}

async function run(
  app: INestApplicationContext,
  database: Database,
  { wanted, say }: { wanted: Wanted; say: (line: string) => void },
): Promise<number> {
  const imports = app.get(ImportsService, { strict: false })
  const stores = await database.read((rx) =>
    app.get(StoresService, { strict: false }).list(rx, null),
  )
  const store = stores.find(({ code }) => code === wanted.storeCode)
  if (!store) return refused(say, `没有编号为 ${wanted.storeCode} 的门店`)
  const size = statSync(wanted.path, { throwIfNoEntry: false })?.size
  if (size === undefined) return refused(say, '没有这个文件')
  if (size > IMPORT_BYTES_MAX) return refused(say, outcomeSentence('file_too_large'))
  const received = await imports.receive(
    OPERATOR,
    basename(wanted.path),
    createReadStream(wanted.path),
  )
  if (!received.ok) return refused(say, sentence(received))
  let { job } = received
  if (!received.isNew) say('这个文件正在导入，继续上次的进度')
  if (job.state === 'uploaded' || (job.state === 'checked' && received.isNew)) {
    const mapping = await mappingOf(app, job, { wanted, storeId: store.id })
    if (typeof mapping === 'string') return refused(say, mapping)
    const mapped = await imports.map(OPERATOR, job.id, mapping)
    if (!mapped.ok) return refused(say, sentence(mapped))
    job = await worked(app, mapped.job, say)
  } else if (job.state === 'checking') job = await worked(app, job, say)
  if (job.state === 'checked') {
    if (job.check) tell(say, '检查结果（还没有导入）', job.check)
    if (wanted.isDryRun) return writeRejected(app, job, { wanted, say })
    const started = await imports.start(OPERATOR, job.id)
    if (!started.ok) return refused(say, sentence(started))
    job = started.job
  }
  if (job.state === 'running') job = await worked(app, job, say)
  if (job.failure) return refused(say, job.failure.sentence)
  if (job.taken) tell(say, '导入结果', job.taken)
  if (job.state !== 'done') return FAILED
  return writeRejected(app, job, { wanted, say })
}

/** Writes the rows that were not taken, where that was asked for; answers the exit code. */
async function writeRejected(
  app: INestApplicationContext,
  job: ImportJob,
  { wanted, say }: { wanted: Wanted; say: (line: string) => void },
): Promise<number> {
  if (wanted.rejectedPath === null) return 0
  const found = await app.get(ImportsService, { strict: false }).rejected(OPERATOR, job.id)
  if (!found.ok) return refused(say, sentence(found))
  const file = createWriteStream(wanted.rejectedPath, { mode: MODE_PRIVATE })
  await pipeline(Readable.from(found.csv, { objectMode: false }), file)
  say(`未导入的行已写入 ${wanted.rejectedPath}`)
  return 0
}

/** How the file is to be read: as guessed, or by the template and the columns that are named. */
async function mappingOf(
  app: INestApplicationContext,
  job: ImportJob,
  { wanted, storeId }: { wanted: Wanted; storeId: string },
) {
  let { kind, templateId, options } = job
  let fields = job.columns.map(({ field }) => field)
  const headers = job.columns.map(({ header }) => header)
  if (wanted.template !== null) {
    const service = app.get(ImportTemplatesService, { strict: false })
    const fitted = await service.fit(wanted.template, headers)
    if (!fitted) return `没有模板 ${wanted.template}`
    ;({ kind, id: templateId, options } = fitted.template)
    fields = fitted.fields
  }
  for (const [field, header] of wanted.map) {
    const column = headers.indexOf(header)
    if (column < 0) return `文件里没有“${header}”这一列`
    fields[column] = field
  }
  return {
    ...{ kind, templateId, fields, storeId: storeId as never },
    options: { ...options, earnsPoints: wanted.earnsPoints },
  }
}

/** Works on an import until it rests, and tells how far it is. */
async function worked(
  app: INestApplicationContext,
  job: ImportJob,
  say: (line: string) => void,
): Promise<ImportJob> {
  const imports = app.get(ImportsService, { strict: false })
  const runner = app.get(RunImportsService, { strict: false })
  const current = async () => {
    const found = await imports.one(job.id)
    if (!found.ok) throw new Error('the import is gone')
    return found.job
  }
  const timer = setInterval(() => {
    void current().then(({ state, doneRows, totalRows }) => {
      const of = totalRows === null ? '' : ` / ${String(totalRows)}`
      say(`${state === 'checking' ? '检查' : '导入'}：${String(doneRows)}${of} 行`)
    })
  }, PROGRESS_EVERY_MS)
  try {
    for (;;) {
      // A server beside this may have it; then it is waited for.
      const isMine = await runner.workOnce(job.id)
      const now = await current()
      if (now.state !== 'checking' && now.state !== 'running') return now
      if (!isMine) await new Promise((resume) => setTimeout(resume, PROGRESS_EVERY_MS))
    }
  } finally {
    clearInterval(timer)
    await app.get(Relay).drain()
  }
}

function tell(say: (line: string) => void, title: string, tally: ImportTally): void {
  say(`${title}：`)
  const lines: [string, number][] = [
    ['行', tally.rows],
    ['新会员', tally.newMembers],
    ['已有会员的行或订单', tally.matched],
    ['销售', tally.sales],
    ['退款', tally.refunds],
    ['无会员的订单', tally.anonymous],
    ['已取消', tally.cancelled],
    ['重复', tally.duplicates],
    ['身份属于别人', tally.conflicts],
  ]
  for (const [name, value] of lines) say(`  ${name}\t${String(value)}`)
  say(`  四舍五入合计\t${String(tally.roundingMilliFen)} 厘分（千分之一分）`)
  for (const [reason, count] of Object.entries(tally.rejected) as [Rejection, number][])
    say(`  未导入 ${String(count)} 行：${REJECTIONS[reason]}`)
}

function refused(say: (line: string) => void, words: string): number {
  say(words)
  return FAILED
}

function sentence({ code, detail }: Refusal): string {
  return detail ?? outcomeSentence(code)
}

/** Reads the words of the command; null when they make no sense. */
export function wantedOf(words: readonly string[]): Wanted | null {
  const wanted: Wanted = {
    ...{ path: '', storeCode: '', template: null, map: new Map() },
    ...{ earnsPoints: false, isDryRun: false, rejectedPath: null },
  }
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    if (word === '--dry-run') wanted.isDryRun = true
    else if (word === '--earn') wanted.earnsPoints = true
    else if (word === '--store') wanted.storeCode = words[(at += 1)] ?? ''
    else if (word === '--rejected') wanted.rejectedPath = words[(at += 1)] ?? ''
    else if (word === '--template') wanted.template = words[(at += 1)] ?? ''
    else if (word === '--map') {
      for (const pair of (words[(at += 1)] ?? '').split(',')) {
        const [name = '', header = ''] = pair.split('=')
        const field = IMPORT_FIELDS.find((one) => one === name)
        if (field === undefined || header === '') return null
        wanted.map.set(field, header)
      }
    } else if (wanted.path === '' && !word.startsWith('--')) wanted.path = word
    else return null
  }
  const isWhole = wanted.path !== '' && wanted.storeCode !== '' && wanted.rejectedPath !== ''
  return isWhole ? wanted : null
}
