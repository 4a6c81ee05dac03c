// A file of members through the command that imports it: rows per second, checked and taken, and how
// much memory that asks for. What lives in memory is counted after collecting garbage, now and then:
// ten times the rows keep no more of it alive. The memory of the process grows with what the machine
// has to spare, and is only told.
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { importFile } from '../../server/cli/import.js'
import { readConfig } from '../../server/platform/config.js'
import { newKeyringJson } from '../../server/platform/keyring.js'
import {
  createDatabase,
  databaseKinds,
  openBenchServer,
  type BenchDatabase,
} from './bench-server.js'
import { printFigure } from './measure.js'

const SIZES = (process.env['HUIKE_BENCH_ROWS'] ?? '10000,100000').split(',').map(Number)
const LINES_PER_PIECE = 1_000
/** Collecting garbage takes time that the import is charged for. */
const MEMORY_LOOK_MS = 2_000
const MEGABYTE = 1_048_576
/** Tenfold rows may keep so much more alive: 32 bytes for each member that was seen in the check. */
const GROWTH_MB_MAX = 16
const FIRST_PHONE = 15_000_000_000
const HEADER = '手机号,姓名,性别,生日,城市'
const GIVEN_NAMES = [...'伟芳娜敏静丽强磊洋艳勇军杰娟涛明超秀霞平刚桂英华玉兰飞鹏宇欣']
const CITIES = ['上海', '北京', '广州', '成都', '杭州']

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Runs the measurement on every database there is. */
export async function bench(): Promise<void> {
  for (const kind of databaseKinds()) {
    const at = await createDatabase(kind)
    try {
      const keyring = newKeyringJson()
      // Makes the tables and the store.
      await (await openBenchServer(at, keyring)).close()
      let firstMb: number | null = null
      for (const rows of SIZES) {
        const figures = await measure(at, { keyring, rows })
        firstMb ??= figures.liveMaxMb
        const targetMet = figures.exitCode === 0 && figures.liveMaxMb - firstMb <= GROWTH_MB_MAX
        printFigure({ bench: 'import', database: kind, rows, ...figures, targetMet })
      }
    } finally {
      await at.drop()
    }
  }
}

async function measure(at: BenchDatabase, given: { keyring: string; rows: number }) {
  const { keyring, rows } = given
  const path = join(at.directory, `members-${String(rows)}.csv`)
  await pipeline(Readable.from(pieces(rows)), createWriteStream(path))
  const config = readConfig({
    HUIKE_DATABASE_URL: at.url,
    HUIKE_DATA_DIR: at.directory,
    HUIKE_KEYRING: keyring,
    HUIKE_SANDBOX: '1',
    HUIKE_LOG_LEVEL: 'silent',
  })
  let rssMax = 0
  let liveMax = 0
  const look = () => {
    rssMax = Math.max(rssMax, process.memoryUsage().rss)
    collectGarbage()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    liveMax = Math.max(liveMax, heapUsed + arrayBuffers)
  }
  const looking = setInterval(look, MEMORY_LOOK_MS)
  const cpuBefore = process.cpuUsage()
  const startMs = performance.now()
  const exitCode = await importFile(config, [path, '--store', 'S01'], () => undefined)
  const seconds = (performance.now() - startMs) / 1000
  const cpu = process.cpuUsage(cpuBefore)
  clearInterval(looking)
  look()
  return {
    exitCode,
    seconds,
    rowsPerSecond: rows / seconds,
    cpuSeconds: (cpu.user + cpu.system) / 1_000_000,
    liveMaxMb: liveMax / MEGABYTE,
    rssMaxMb: rssMax / MEGABYTE,
  }
}

/** The file of so many members; no two files have a member in common. */
function* pieces(rows: number): Generator<string> {
  yield `${HEADER}\n`
  const pick = (values: readonly string[], n: number) => values[n % values.length] ?? ''
  const two = (value: number) => String(value).padStart(2, '0')
  for (let from = 0; from < rows; from += LINES_PER_PIECE) {
    const lines = Array.from({ length: Math.min(LINES_PER_PIECE, rows - from) }, (_none, at) => {
      const n = from + at
      const name = `王${pick(GIVEN_NAMES, n)}${pick(GIVEN_NAMES, Math.floor(n / 31))}`
      const birthday = `${String(1950 + (n % 53))}-${two(1 + (n % 12))}-${two(1 + (n % 28))}`
      const phone = String(FIRST_PHONE + rows * 1_000 + n)
      return `${phone},${name},${n % 2 === 0 ? '女' : '男'},${birthday},${pick(CITIES, n)}\n`
    })
    yield lines.join('')
  }
}
