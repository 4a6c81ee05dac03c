import { blindIndex, open, seal } from '../platform/seal.js'
import { deriveKey } from '../platform/key-file.js'
import type { SqlDatabase } from './database.js'

// What every part of the store works with: the database, one way to write, and the keys.

/** ok: all is written. low: only what must be. full: nothing can be; capture has stopped. */
export type StorageState = 'ok' | 'low' | 'full'

/** There is no room for a write, the ballast included. The caller keeps its work and says so. */
export class StorageFullError extends Error {
  override readonly name = 'StorageFullError'
}

export interface StoreContext {
  readonly sealer: Sealer
  readonly bootId: string
  /** For reading. */
  database(): SqlDatabase
  /** Runs `work` in one transaction, on disk when it returns. Throws StorageFullError. */
  write<T>(work: (database: SqlDatabase) => T): T
  storageState(): StorageState
}

/** Seals rows and makes keyed indexes; the keys come from the installation's key file. */
export class Sealer {
  private readonly sealKey: Buffer
  private readonly indexKey: Buffer

  constructor(key: Uint8Array) {
    this.sealKey = deriveKey(key, 'seal')
    this.indexKey = deriveKey(key, 'index')
  }

  seal(place: string, clear: Uint8Array | string): Buffer {
    return seal(this.sealKey, place, clear)
  }

  sealJson(place: string, value: unknown): Buffer {
    return this.seal(place, JSON.stringify(value))
  }

  open(place: string, sealed: Uint8Array): Buffer {
    return open(this.sealKey, place, sealed)
  }

  /** Opens what `sealJson` made. The caller names the type it sealed. */
  openJson(place: string, sealed: Uint8Array): unknown {
    return JSON.parse(this.open(place, sealed).toString('utf8'))
  }

  /** Finds a value of `kind` again without keeping it. */
  index(kind: string, value: Uint8Array | string): string {
    const body = typeof value === 'string' ? Buffer.from(value) : value
    return blindIndex(this.indexKey, Buffer.concat([Buffer.from(`${kind}\0`), body]))
  }
}
