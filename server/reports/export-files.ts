import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { mintId } from '../platform/ids.js'

// The files of exports. A file has its name only when it is whole: it is written beside under a name
// of its own, brought to the disk, and renamed. Nobody else on the machine may read it.

const MODE_PRIVATE = 0o600
const MODE_PRIVATE_FOLDER = 0o700
const FOLDER = 'exports'
const ID_CHARACTERS = 26

/** Where the file of an export is when it is done. */
export function exportPath(dataDirectory: string, exportId: string): string {
  return join(dataDirectory, FOLDER, `${exportId}.csv`)
}

/** Removes the file of an export, done or not; nothing there is fine. */
export async function removeExport(dataDirectory: string, exportId: string): Promise<void> {
  for (const name of await namesIn(dataDirectory))
    if (name.startsWith(exportId)) await rm(join(dataDirectory, FOLDER, name), { force: true })
}

/** The exports that have a file here, whole or not. */
export async function exportsWithFiles(dataDirectory: string): Promise<string[]> {
  const names = await namesIn(dataDirectory)
  return [...new Set(names.map((name) => name.slice(0, ID_CHARACTERS)))]
}

async function namesIn(dataDirectory: string): Promise<string[]> {
  try {
    return await readdir(join(dataDirectory, FOLDER))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** A file that is being written. */
export class ExportFile {
  private constructor(
    private readonly handle: FileHandle,
    private readonly partPath: string,
    private readonly path: string,
  ) {}

  /** Begins the file of an export anew; what an earlier attempt left is removed. */
  static async begin(dataDirectory: string, exportId: string, nowMs: number): Promise<ExportFile> {
    const folder = join(dataDirectory, FOLDER)
    await mkdir(folder, { recursive: true, mode: MODE_PRIVATE_FOLDER })
    await removeExport(dataDirectory, exportId)
    // Two servers over one folder never write into one file.
    const partPath = join(folder, `${exportId}.${mintId(nowMs)}.part`)
    const handle = await open(partPath, 'wx', MODE_PRIVATE)
    return new ExportFile(handle, partPath, exportPath(dataDirectory, exportId))
  }

  async append(text: string): Promise<void> {
    await this.handle.appendFile(text, 'utf8')
  }

  /** Brings everything to the disk and gives the file its name. */
  async finish(): Promise<void> {
    await this.handle.sync()
    await this.handle.close()
    await rename(this.partPath, this.path)
    const folder = await open(join(this.path, '..'))
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  }

  /** Leaves nothing behind. */
  async giveUp(): Promise<void> {
    await this.handle.close().catch(() => undefined)
    await rm(this.partPath, { force: true })
  }
}
