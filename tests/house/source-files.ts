import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { repositoryRoot } from '../rig/repository.js'

const NOT_OURS = new Set(['node_modules', 'dist', '.build', '.data', '.git', '.swc', 'coverage'])

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  path: string
  text: string
}

/** Every text file of the repository whose name ends like this, `package-lock.json` excepted. */
export function sourceFiles(ending: RegExp): SourceFile[] {
  const root = repositoryRoot()
  return pathsBelow(root)
    .filter((path) => ending.test(path) && !path.endsWith('package-lock.json'))
    .map((path) => ({
      path: relative(root, path).replaceAll('\\', '/'),
      text: readFileSync(path, 'utf8'),
    }))
}

function pathsBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return pathsBelow(path)
    return entry.isFile() ? [path] : []
  })
}
