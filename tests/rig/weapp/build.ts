import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folder of the mini-program's workspace. */
export const MINIAPP_ROOT = fileURLToPath(new URL('../../../miniapp', import.meta.url))
/** A cold build on two busy cores; a test that may have to build needs this long. */
export const BUILD_MS_MAX = 300_000

/** The folder of a finished build, which is made now when it is not there. */
export async function builtMiniapp(target: 'weapp' | 'h5'): Promise<string> {
  const dist = join(MINIAPP_ROOT, 'dist', target)
  const proof = join(dist, target === 'weapp' ? 'app.json' : 'index.html')
  if (!existsSync(proof)) await build(target)
  return dist
}

async function build(target: 'weapp' | 'h5'): Promise<void> {
  const child = spawn('npm', ['run', `build:${target}`], {
    cwd: MINIAPP_ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: BUILD_MS_MAX,
    env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new Error(`build:${target} ended with ${String(code)}:\n${output}`)
}
