import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The repository's root folder, as an absolute path. Found from this file upwards, so that it is
 * the same under Jest (sources) and in benchmarks (compiled below `.build/`).
 */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package-lock.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('the rig is not inside the repository')
    folder = parent
  }
  return folder
}

/** An absolute path below the repository's root. */
export function repositoryPath(...parts: string[]): string {
  return join(repositoryRoot(), ...parts)
}
