// Builds what the tests start or open, then runs Jest with the arguments given:
//
//   npm test                            everything this machine can run
//   npm test -- tests/flow              the suites below one folder
//   npm test -- -t 'earns once'         the tests with this in their title
//
// The mini-program takes a minute to build, so it is built where it is asked for:
// HUIKE_TEST_MINIAPP=1, or TEST_REQUIRE with `browser` in it.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { ROOT, buildMiniapp, buildPages, buildPrograms, runMain } from './build.mjs'

const JEST = join(ROOT, 'node_modules/jest/bin/jest.js')
// The first lets Jest run ES modules as they are; the second keeps Node from saying so every time.
const NODE_FLAGS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning']

await runMain(async () => {
  const required = (process.env.TEST_REQUIRE ?? '').split(',').map((name) => name.trim())
  const withMiniapp = Boolean(process.env.HUIKE_TEST_MINIAPP) || required.includes('browser')
  await buildPrograms()
  await buildPages()
  if (withMiniapp) {
    await buildMiniapp('weapp')
    await buildMiniapp('h5')
  } else {
    process.stderr.write(
      'Skipped suites:\n  mini-program: HUIKE_TEST_MINIAPP=1 builds and tests it\n',
    )
  }
  const env = { ...process.env, ...(withMiniapp ? { HUIKE_TEST_MINIAPP: '1' } : {}) }
  process.exitCode = await jest(process.argv.slice(2), env)
})

function jest(args, env) {
  const child = spawn(process.execPath, [...NODE_FLAGS, JEST, ...args], {
    cwd: ROOT,
    env,
    stdio: 'inherit',
  })
  // Ctrl-C reaches Jest too; it stops its servers, and this waits for that.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  })
}
