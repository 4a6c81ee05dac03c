// Runs the benchmarks one after another, each in a process of its own so that none warms up the
// next. Standard output is one JSON line per figure; everything else goes to standard error.
//
//   npm run bench                 all of them
//   npm run bench -- checkout     those with this in their name
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startServers } from '../tests/rig/servers.mjs'
import { BuildError, ROOT, run, runMain } from './build.mjs'

const FOLDER = join(ROOT, '.build/tests/tests/bench')
const RUNNER = fileURLToPath(new URL('./bench-one.mjs', import.meta.url))

await runMain(async () => {
  const wanted = process.argv.slice(2)
  await run('Compiling the benchmarks', ROOT, [
    'node_modules/typescript/bin/tsc',
    ...['-b', 'shared', 'server', 'pos-agent', 'tests'],
  ])
  const files = benchFiles().filter(
    (file) => wanted.length === 0 || wanted.some((word) => file.includes(word)),
  )
  if (files.length === 0) {
    throw new BuildError(`No benchmark in tests/bench matches: ${wanted.join(', ') || 'any name'}`)
  }
  const servers = await startServers()
  try {
    for (const file of files) await measure(file, servers)
  } finally {
    await servers.stop()
  }
})

function benchFiles() {
  if (!existsSync(FOLDER)) return []
  // A compiled file whose source is gone is no longer a benchmark.
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.bench.js'))
    .filter((file) => existsSync(join(ROOT, 'tests/bench', file.replace(/\.js$/, '.ts'))))
    .sort()
}

async function measure(file, { mysqlUrl, redisUrl }) {
  process.stderr.write(`— ${file.replace('.bench.js', '')}\n`)
  const child = spawn(process.execPath, [RUNNER, join(FOLDER, file)], {
    cwd: ROOT,
    stdio: 'inherit',
    env: {
      ...process.env,
      ...(mysqlUrl ? { TEST_MYSQL_URL: mysqlUrl } : {}),
      ...(redisUrl ? { TEST_REDIS_URL: redisUrl } : {}),
    },
  })
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new BuildError(`${file} failed`)
}
