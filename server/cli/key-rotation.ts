import type { Config } from '../platform/config.js'
import { crashPoint } from '../platform/crash-points.js'
import type { Database } from '../platform/database.js'
import type { KeyRotation } from '../platform/key-rotation.entity.js'
import type { KeyServer } from '../platform/key-server.entity.js'
import { withFreshKey } from '../platform/keyring.js'
import { changeKeyringFile, checkKeyringFileWritable } from '../platform/keyring-file.js'
import { agreeOnKeys, sealingKeysOf } from '../platform/sealing-keys.js'
import { KeyRotationLease, openRotationOf, RotationTaken } from './key-rotation-lease.js'
import { waitForServers } from './key-servers.js'
import { keyUsesOf } from './key-uses.js'
import { resealAll } from './reseal.js'

// Changes the sealing key while servers run. In this order, each step in the database before the next:
//   preparing   the new key comes into the keyring
//   publishing  its fingerprint is in the database; every running server says that it can open with it
//   sealing     it is the active one; every running server says that it seals with it; then what was
//               sealed with older keys is sealed anew
//   done        nothing is left under older keys
// So nobody ever writes what another running server cannot open, and a process that is killed anywhere
// is followed by one that goes on from there.

const PASSES_MAX = 5

export type Rotated =
  | { is: 'done'; keyId: string; resealed: number; faults: number }
  | { is: 'needs-key' }
  | { is: 'taken' }
  | { is: 'waiting'; for: 'publishing' | 'sealing'; servers: string[] }
  | { is: 'left-over'; count: number }

export interface RotationTools {
  config: Config
  database: Database
  nowMs: () => number
  /** How long running servers are waited for, each time. */
  waitMs: number
  tellWait: (servers: readonly string[]) => void
  tell: (place: string, doneRows: number, totalRows: number) => void
  complain: (place: string, key: string) => void
}

/**
 * Begins a rotation of the sealing key, or goes on with the open one. Answers `needs-key` where the
 * keyring is a secret that holds no new key yet: nothing has happened then. Throws KeyringError.
 */
export async function rotateKeys(tools: RotationTools): Promise<Rotated> {
  const { config, database, nowMs } = tools
  await agreeOnKeys(database, config.keyring, nowMs())
  if (config.keyringPath !== null) checkKeyringFileWritable(config.keyringPath)
  else if (!(await database.read(openRotationOf)) && (await spareKeyOf(tools)) === null)
    return { is: 'needs-key' }
  try {
    const lease = await KeyRotationLease.take(database, nowMs())
    crashPoint('keys.begun')
    return await new Rotation(tools, lease).run()
  } catch (error) {
    if (error instanceof RotationTaken) return { is: 'taken' }
    throw error
  }
}

/** The newest key of the keyring that this database has never heard of; null when there is none. */
async function spareKeyOf({ config, database }: RotationTools): Promise<string | null> {
  const known = new Set((await database.read(sealingKeysOf)).map(({ id }) => id))
  const fresh = Object.keys(config.keyring.fingerprints()).filter((id) => !known.has(id))
  return fresh.at(-1) ?? null
}

class Rotation {
  constructor(
    private readonly tools: RotationTools,
    private readonly lease: KeyRotationLease,
  ) {}

  async run(): Promise<Rotated> {
    const row = await this.lease.row()
    if (row.state === 'preparing') {
      if (!(await this.#prepare())) {
        await this.lease.giveUp()
        return { is: 'needs-key' }
      }
      return this.run()
    }
    const keyId = targetOf(row)
    if (row.state === 'publishing') {
      const servers = await this.#waitFor((server) => this.#canOpen(server, keyId))
      if (servers.length > 0) return { is: 'waiting', for: 'publishing', servers }
      await this.#activate(keyId)
    }
    this.tools.config.keyring.use(keyId)
    this.#changeFile((content) =>
      content.active === keyId ? content : { ...content, active: keyId },
    )
    const servers = await this.#waitFor((server) => server.sealsWith === keyId)
    if (servers.length > 0) return { is: 'waiting', for: 'sealing', servers }
    return this.#reseal(keyId)
  }

  /** Brings a new key into the keyring and its fingerprint into the database; false without one. */
  async #prepare(): Promise<boolean> {
    const { config, database, nowMs } = this.tools
    const { keyring } = config
    if ((await spareKeyOf(this.tools)) === null) {
      if (config.keyringPath === null) return false
      const known = (await database.read(sealingKeysOf)).map(({ id }) => id)
      this.#changeFile((content) => withFreshKey(content, known))
      keyring.refresh()
    }
    crashPoint('keys.after-file')
    const keyId = (await spareKeyOf(this.tools)) ?? ''
    await this.lease.write(async (tx) => {
      await this.lease.change(tx, { state: 'publishing', toKeyId: keyId })
      await tx.insert(
        'sealing_key',
        ['id', 'fingerprint', 'state', 'publishedAtMs', 'activatedAtMs', 'retiredAtMs'],
        [[keyId, keyring.fingerprints()[keyId] ?? '', 'published', nowMs(), null, null]],
      )
    })
    crashPoint('keys.after-publish')
    return true
  }

  async #activate(keyId: string): Promise<void> {
    const nowMs = this.tools.nowMs()
    await this.lease.write(async (tx) => {
      await this.lease.change(tx, { state: 'sealing' })
      await tx.run("UPDATE sealing_key SET state = 'old' WHERE state = 'active'")
      await tx.run(
        "UPDATE sealing_key SET state = 'active', activatedAtMs = ? WHERE id = ? AND state = 'published'",
        [nowMs, keyId],
      )
    })
    crashPoint('keys.after-activate')
  }

  /** Pass after pass, until nothing is left: a server may have committed behind the first one. */
  async #reseal(keyId: string): Promise<Rotated> {
    const { config, tell, complain, nowMs } = this.tools
    const plan = { lease: this.lease, keyring: config.keyring, toKeyId: keyId, tell, complain }
    for (let pass = 1; pass <= PASSES_MAX; pass += 1) {
      const { faults } = await resealAll(plan)
      const left = await this.#left(keyId)
      if (left > faults) continue
      crashPoint('keys.before-done')
      const { resealedRows } = await this.lease.row()
      const done = { state: 'done', openMark: null, finishedAtMs: nowMs() }
      await this.lease.write((tx) => this.lease.change(tx, done))
      return { is: 'done', keyId, resealed: resealedRows, faults: left }
    }
    return { is: 'left-over', count: await this.#left(keyId) }
  }

  async #left(keyId: string): Promise<number> {
    const { database, config } = this.tools
    const uses = await keyUsesOf(database, config.dataDirectory)
    return uses
      .filter((use) => use.keyId !== keyId && use.source === 'column')
      .reduce((sum, { count }) => sum + count, 0)
  }

  #waitFor(isReady: (server: KeyServer) => boolean): Promise<string[]> {
    const { database, waitMs, tellWait } = this.tools
    const beat = () => this.lease.beat()
    return waitForServers(database, { isReady, waitMs, beat, tell: tellWait })
  }

  #canOpen({ keysHeld }: KeyServer, keyId: string): boolean {
    const held = JSON.parse(keysHeld) as Record<string, string>
    return held[keyId] === this.tools.config.keyring.fingerprints()[keyId]
  }

  #changeFile(change: Parameters<typeof changeKeyringFile>[2]): void {
    const { config, nowMs } = this.tools
    if (config.keyringPath !== null) changeKeyringFile(config.keyringPath, nowMs(), change)
  }
}

function targetOf({ toKeyId }: KeyRotation): string {
  if (toKeyId === null) throw new Error('a published rotation has a key')
  return toKeyId
}
