import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Ballast, BALLAST_BYTES } from './ballast.js'
import { Captures } from './captures.js'
import { Sealer, StorageFullError } from './context.js'
import type { StorageState, StoreContext } from './context.js'
import { isDamaged, isDiskFull, openDatabase, quarantine } from './database.js'
import type { SqlDatabase } from './database.js'
import { tidy } from './housekeeping.js'
import type { HousekeepingReport } from './housekeeping.js'
import { Holds } from './holds.js'
import { KeptRefunds } from './kept-refunds.js'
import { Members } from './members.js'
import { readMeta, writeMeta } from './meta-rows.js'
import { Offline } from './offline.js'
import { Outbox } from './outbox.js'
import { Receipts } from './receipts.js'
import { Reservations } from './reservations.js'
import { salvageOutbox } from './salvage.js'
import { TillReceipts } from './till-receipts.js'

// The store, synchronous: one writer, and a commit is on disk when it returns. When the disk is full
// the ballast is given up first; then writing stops and says so, and nothing crashes. A database
// found damaged, at the start or later, is set aside and work goes on in a new one.

export interface StoreOptions {
  dataDirectory: string
  /** The installation's key, from the key file. */
  key: Uint8Array
  bootId: string
  /** How much room is kept back for a full disk. */
  ballastBytes?: number
}

const DATABASE_FILE = 'agent.db'
const BALLAST_FILE = 'ballast.bin'
/** Less room than this beside the ballast and optional writes stop. */
const FREE_BYTES_LOW = 32 * 1_048_576

export class StoreCore {
  readonly captures: Captures
  readonly receipts: Receipts
  readonly tillReceipts: TillReceipts
  readonly outbox: Outbox
  readonly members: Members
  readonly holds: Holds
  readonly keptRefunds: KeptRefunds
  readonly reservations: Reservations
  readonly offline: Offline
  readonly upkeep: Upkeep

  private database: SqlDatabase
  private state: StorageState = 'ok'
  private readonly path: string
  private readonly ballast: Ballast
  private readonly ballastBytes: number
  private readonly sealer: Sealer
  private damagedFiles: string[] = []

  constructor(options: StoreOptions) {
    mkdirSync(options.dataDirectory, { recursive: true, mode: 0o700 })
    this.path = join(options.dataDirectory, DATABASE_FILE)
    this.ballastBytes = options.ballastBytes ?? BALLAST_BYTES
    this.ballast = new Ballast(join(options.dataDirectory, BALLAST_FILE), this.ballastBytes)
    this.sealer = new Sealer(options.key)
    this.database = this.openOrRelease()
    const context: StoreContext = {
      sealer: this.sealer,
      bootId: options.bootId,
      database: () => this.database,
      write: (work) => this.write(work),
      storageState: () => this.state,
    }
    this.captures = new Captures(context)
    this.receipts = new Receipts(context)
    this.tillReceipts = new TillReceipts(context)
    this.outbox = new Outbox(context)
    this.members = new Members(context)
    this.holds = new Holds(context)
    this.keptRefunds = new KeptRefunds(context)
    this.reservations = new Reservations(context)
    this.offline = new Offline(context)
    this.upkeep = new Upkeep(context, this)
    this.checkStorage()
    for (const file of this.damagedFiles) this.salvage(context, file)
  }

  close(): void {
    this.database.close()
  }

  /** Looks at the room left, and takes the ballast back when there is enough again. */
  checkStorage(): StorageState {
    const freeBytes = this.ballast.freeBytes()
    const isHeld = this.ballast.hold()
    if (!isHeld)
      this.state = this.state === 'full' && freeBytes < this.ballastBytes ? 'full' : 'low'
    else if (freeBytes < Math.min(FREE_BYTES_LOW, 2 * this.ballastBytes)) this.state = 'low'
    else this.state = 'ok'
    return this.state
  }

  /** Files that were set aside as damaged since the start. */
  damaged(): string[] {
    return this.damagedFiles
  }

  private write<T>(work: (database: SqlDatabase) => T): T {
    // Inside a transaction already: its outermost write carries the promise.
    if (this.database.inTransaction) return work(this.database)
    try {
      return this.committed(work)
    } catch (error) {
      if (isDamaged(error)) return this.replaceDatabase(work)
      if (!isDiskFull(error)) throw error
    }
    if (this.ballast.release()) {
      this.state = 'low'
      try {
        return this.committed(work)
      } catch (error) {
        if (!isDiskFull(error)) throw error
      }
    }
    this.state = 'full'
    throw new StorageFullError('no room left on the disk, the ballast included')
  }

  private committed<T>(work: (database: SqlDatabase) => T): T {
    const result = this.database.transaction(() => work(this.database)).immediate()
    if (this.state === 'full') this.state = 'low'
    return result
  }

  /** The file went bad under us: set it aside, go on in a new one, tell by `damaged()`. */
  private replaceDatabase<T>(work: (database: SqlDatabase) => T): T {
    this.database.close()
    this.damagedFiles.push(quarantine(this.path, Date.now()))
    this.database = openDatabase(this.path, Date.now()).database
    return this.committed(work)
  }

  private openOrRelease(): SqlDatabase {
    try {
      return this.opened()
    } catch (error) {
      if (!isDiskFull(error) || !this.ballast.release()) throw error
      return this.opened()
    }
  }

  private opened(): SqlDatabase {
    const { database, quarantinedTo } = openDatabase(this.path, Date.now())
    if (quarantinedTo !== null) this.damagedFiles.push(quarantinedTo)
    return database
  }

  private salvage(context: StoreContext, file: string): void {
    this.write(() => salvageOutbox(context, file))
  }
}

/** What runs from time to time. */
export class Upkeep {
  constructor(
    private readonly context: StoreContext,
    private readonly core: StoreCore,
  ) {}

  /** Looks at the room left on the disk. */
  checkStorage(): StorageState {
    return this.core.checkStorage()
  }

  storageState(): StorageState {
    return this.context.storageState()
  }

  /** Deletes what is past its time; nothing while the disk is full. */
  tidy(nowMs: number): HousekeepingReport {
    return tidy(this.context, nowMs)
  }

  /** Databases set aside as damaged since the start. */
  damagedFiles(): string[] {
    return this.core.damaged()
  }

  /** Keeps the server offset for the next start. */
  rememberOffset(offsetMs: number): void {
    if (this.context.storageState() !== 'ok') return
    this.context.write(() => {
      writeMeta(this.context, 'clock_offset_ms', String(offsetMs))
    })
  }

  /** The offset known before this start; null when there was none. */
  rememberedOffset(): number | null {
    const text = readMeta(this.context, 'clock_offset_ms')
    return text === null ? null : Number(text)
  }
}
