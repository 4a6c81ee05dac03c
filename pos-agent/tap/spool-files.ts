import { mkdir, open, readdir, readFile, stat, unlink } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

// What the spool asks of a disk, so that tests can hand it one that is slow, full or broken.

/** An open segment. */
export interface SpoolFile {
  write(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesWritten: number }>
  truncate(length: number): Promise<void>
  datasync(): Promise<void>
  stat(): Promise<{ nlink: number }>
  close(): Promise<void>
}

/** The directory the segments and the key live in. */
export interface SpoolFiles {
  mkdir(path: string, options: { recursive: true; mode: number }): Promise<unknown>
  readdir(path: string): Promise<string[]>
  readFile(path: string): Promise<Buffer>
  stat(path: string): Promise<{ size: number }>
  open(path: string, flags: 'wx', mode: number): Promise<SpoolFile>
  unlink(path: string): Promise<void>
}

export const nodeFiles: SpoolFiles = { mkdir, readdir, readFile, stat, open, unlink }

/** The real disk with a pause of `slowMs` before every sync: a worn card, a busy virus scanner. */
export function slowFiles(slowMs: number): SpoolFiles {
  return {
    ...nodeFiles,
    async open(path, flags, mode) {
      const file = await open(path, flags, mode)
      return {
        write: (bytes, offset, length, position) => file.write(bytes, offset, length, position),
        truncate: (length) => file.truncate(length),
        datasync: async () => {
          await sleep(slowMs)
          await file.datasync()
        },
        stat: () => file.stat(),
        close: () => file.close(),
      }
    },
  }
}
