import { execFile } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { repositoryPath } from '../rig/repository.js'

const BUILD_MS_MAX = 120_000

/**
 * Builds a page with Vite unless its dist/ is newer than its sources, the shared ones and how pages
 * are bundled.
 *
 * @returns the absolute path of its dist/.
 */
export async function buildPage(...folder: string[]): Promise<string> {
  const root = repositoryPath(...folder)
  const dist = join(root, 'dist')
  const sources = [root, repositoryPath('shared'), repositoryPath('scripts')]
  const newestMs = Math.max(...(await Promise.all(sources.map((source) => newestMsIn(source)))))
  const builtMs = await stat(join(dist, 'index.html')).then(
    (found) => found.mtimeMs,
    () => 0,
  )
  if (builtMs > newestMs) return dist
  const vite = repositoryPath('node_modules', 'vite', 'bin', 'vite.js')
  await promisify(execFile)(process.execPath, [vite, 'build'], {
    cwd: root,
    timeout: BUILD_MS_MAX,
    env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'production' },
  })
  return dist
}

/** When the newest source below a folder was written. */
async function newestMsIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true })
  const times = entries
    .filter(({ name }) => name !== 'dist' && name !== 'node_modules' && !name.startsWith('.'))
    .map((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? newestMsIn(path) : stat(path).then(({ mtimeMs }) => mtimeMs)
    })
  return Math.max(0, ...(await Promise.all(times)))
}
