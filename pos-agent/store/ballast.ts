import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

// Room kept back for the day the disk is full: then even DELETE and a checkpoint fail, so one cannot
// purge one's way out. The file holds real blocks, not a hole.

export const BALLAST_BYTES = 8 * 1_048_576
const CHUNK_BYTES = 65_536

export class Ballast {
  constructor(
    private readonly path: string,
    private readonly sizeBytes: number = BALLAST_BYTES,
  ) {}

  /** True while the room is held back. */
  isHeld(): boolean {
    return existsSync(this.path)
  }

  /** Takes the room; false when there is not enough of it. */
  hold(): boolean {
    if (this.isHeld()) return true
    if (this.freeBytes() < 2 * this.sizeBytes) return false
    try {
      this.writeBlocks()
      return true
    } catch {
      this.release()
      return false
    }
  }

  /** Gives the room back; true when there was some. */
  release(): boolean {
    const held = this.isHeld()
    rmSync(this.path, { force: true })
    return held
  }

  /** Room left on the disk for this user, bytes. */
  freeBytes(): number {
    const stats = statfsSync(dirname(this.path))
    return stats.bavail * stats.bsize
  }

  private writeBlocks(): void {
    const file = openSync(this.path, 'w', 0o600)
    try {
      // Not zeros: some file systems keep those as holes.
      const chunk = Buffer.alloc(CHUNK_BYTES, 0xa5)
      for (let written = 0; written < this.sizeBytes; written += CHUNK_BYTES) writeSync(file, chunk)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  }
}
