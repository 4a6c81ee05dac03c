// Builds what is missing or stale, and says in plain words what it does. What went into a build is
// remembered as a hash in .build/, so a second run does nothing.
//
//   node scripts/build.mjs                       the programs and the two pages
//   node scripts/build.mjs --miniapp h5          also the mini-program for browsers
//   node scripts/build.mjs --miniapp weapp|all   also for WeChat, or both
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))

const NOT_INPUTS = new Set(['dist', 'node_modules', '.swc', '.build'])
const ERROR_CHARACTERS_MAX = 8000

const PAGES = [
  { name: 'console', title: "the manager's console", folder: 'server/console' },
  { name: 'cashier', title: 'the cashier page', folder: 'pos-agent/cashier' },
]
const MINIAPP = {
  h5: { title: 'the mini-program for browsers', marker: 'index.html' },
  weapp: { title: 'the mini-program for WeChat', marker: 'app.json' },
}

/** Compiles shared, server and agent; `tsc -b` itself knows what is stale. */
export async function buildPrograms() {
  await run('Compiling shared, server and agent', ROOT, [
    'node_modules/typescript/bin/tsc',
    ...['-b', 'shared', 'server', 'pos-agent'],
  ])
}

/** Bundles the console and the cashier page where their sources have changed. */
export async function buildPages() {
  for (const { name, title, folder } of PAGES) {
    await buildOnce({
      name,
      title,
      inputs: [folder, 'shared', 'package-lock.json'],
      output: join(folder, 'dist/index.html'),
      build: () =>
        run(`Bundling ${title}`, join(ROOT, folder), [tool('vite/bin/vite.js'), 'build']),
    })
  }
}

/** Builds the mini-program, `'h5'` into miniapp/dist/h5 or `'weapp'` into miniapp/dist/weapp. */
export async function buildMiniapp(type) {
  const { title, marker } = MINIAPP[type]
  await buildOnce({
    name: `miniapp-${type}`,
    title,
    inputs: ['miniapp', 'shared', 'package-lock.json'],
    // The server's address is part of the WeChat build.
    settings: [process.env.HUIKE_API_BASE ?? ''],
    output: join('miniapp/dist', type, marker),
    build: () =>
      run(
        `Building ${title} (up to a minute)`,
        join(ROOT, 'miniapp'),
        [tool('@tarojs/cli/bin/taro'), 'build', '--type', type],
        { NODE_ENV: 'production' },
      ),
  })
}

/** Runs a Node script to its end; what it wrote is shown only when it fails, and then it throws. */
export async function run(title, folder, args, env = {}) {
  const startedMs = Date.now()
  say(`${title} …`)
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const collect = (chunk) => (output = (output + chunk).slice(-ERROR_CHARACTERS_MAX))
  child.stdout.setEncoding('utf8').on('data', collect)
  child.stderr.setEncoding('utf8').on('data', collect)
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new BuildError(`${title}: failed.\n${output.trim()}`)
  say(`${title}: done in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`)
}

/** A build that failed for a reason its message tells; the stack adds nothing. */
export class BuildError extends Error {}

async function buildOnce({ name, title, inputs, settings = [], output, build }) {
  const record = join(ROOT, '.build', `${name}.inputs`)
  const hash = hashOf(inputs, settings)
  const isFresh = existsSync(join(ROOT, output)) && existsSync(record)
  if (isFresh && readFileSync(record, 'utf8') === hash) {
    say(`Up to date: ${title}`)
    return
  }
  rmSync(record, { force: true })
  await build()
  if (!existsSync(join(ROOT, output))) throw new BuildError(`${title}: built, but no ${output}`)
  mkdirSync(join(ROOT, '.build'), { recursive: true })
  writeFileSync(record, hash)
}

function hashOf(inputs, settings) {
  const hash = createHash('sha256').update(JSON.stringify(settings))
  for (const path of inputs.flatMap(filesOf)) {
    hash.update(`\n${path}\n`).update(readFileSync(join(ROOT, path)))
  }
  return hash.digest('hex')
}

function filesOf(path) {
  if (path.endsWith('.json')) return [path]
  const entries = readdirSync(join(ROOT, path), { withFileTypes: true })
  return entries
    .filter((entry) => !NOT_INPUTS.has(entry.name) && !entry.name.includes('.spec.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const inner = `${path}/${entry.name}`
      return entry.isDirectory() ? filesOf(inner) : [inner]
    })
}

function tool(path) {
  return join(ROOT, 'node_modules', path)
}

function say(sentence) {
  process.stderr.write(`${sentence}\n`)
}

async function main() {
  const choice = miniappChoice(process.argv.slice(2))
  await buildPrograms()
  await buildPages()
  for (const type of choice) await buildMiniapp(type)
}

function miniappChoice(args) {
  const at = args.indexOf('--miniapp')
  if (at === -1) return []
  const asked = args[at + 1]
  if (asked === 'all') return ['h5', 'weapp']
  if (asked in MINIAPP) return [asked]
  throw new BuildError('--miniapp wants h5, weapp or all')
}

/** Runs a script's main function and turns its failure into a sentence and an exit code. */
export async function runMain(work) {
  try {
    await work()
  } catch (error) {
    say(error instanceof BuildError ? error.message : String(error?.stack ?? error))
    process.exitCode = 1
  }
}

const started = process.argv[1]
if (started && realpathSync(started) === fileURLToPath(import.meta.url)) await runMain(main)
