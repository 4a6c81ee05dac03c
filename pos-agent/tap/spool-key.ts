import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import { nodeFiles, type SpoolFiles } from './spool-files.js'
import { SPOOL_KEY_BYTES } from './spool-format.js'

const OWNER_ONLY = 0o600
const OWNER_ONLY_DIRECTORY = 0o700

/**
 * Reads the 32-byte spool key, or makes it (readable by its owner only, on disk before it is used).
 * A file of another length is never replaced: it may be all that opens older frames. Throws then.
 */
export async function loadOrCreateKey(
  path: string,
  files: SpoolFiles = nodeFiles,
): Promise<Buffer> {
  try {
    await files.mkdir(dirname(path), { recursive: true, mode: OWNER_ONLY_DIRECTORY })
    await create(path, files)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const key = await files.readFile(path)
  if (key.length !== SPOOL_KEY_BYTES)
    throw new Error(
      `key file holds ${String(key.length)} bytes instead of ${String(SPOOL_KEY_BYTES)}`,
    )
  return key
}

async function create(path: string, files: SpoolFiles): Promise<void> {
  const file = await files.open(path, 'wx', OWNER_ONLY)
  try {
    await file.write(randomBytes(SPOOL_KEY_BYTES), 0, SPOOL_KEY_BYTES, 0)
    await file.datasync()
  } catch (error) {
    await files.unlink(path)
    throw error
  } finally {
    await file.close()
  }
}
