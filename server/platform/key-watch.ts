import { hostname } from 'node:os'
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common'
import type { Logger } from 'pino'
import { Clock } from './clock.js'
import { CONFIG, type Config } from './config.js'
import { Database } from './database.js'
import { mintId } from './ids.js'
import type { SealingKey } from './sealing-key.entity.js'
import { forgetRetired, missingKeys, sealingKeysOf, useActive } from './sealing-keys.js'
import { LOGGER } from './tokens.js'

// Keeps the keyring of a running process in step with the database. Each process says which keys it
// can open and which one it seals with; whoever changes the sealing key waits until every process has
// said so. A new process speaks first and looks then, so that it is either waited for, or finds the
// new key and refuses to start without it.

const LOOK_EVERY_MS = 2_000
const BEAT_EVERY_MS = 10_000
/** A row whose process has been silent so long belongs to one that was killed. */
const FORGET_AFTER_MS = 86_400_000
const LABEL_CHARACTERS_MAX = 120

@Injectable()
export class KeyWatch implements BeforeApplicationShutdown {
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> | null = null
  #missing: readonly string[] = []
  #said = ''
  #saidAtMs = -Infinity
  #warned = ''
  readonly #id: string

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#id = mintId(clock.nowMs())
  }

  /** Keys that values here are sealed with and this process cannot open; empty when all is well. */
  get missing(): readonly string[] {
    return this.#missing
  }

  /** Says what this process has, from now on. Throws KeyringError when it lacks a key in use. */
  async start(): Promise<void> {
    await this.#forgetTheDead()
    await this.#say()
    useActive(await this.database.read(sealingKeysOf), this.config.keyring)
    await this.#say()
    this.#timer = setInterval(() => {
      this.#wake()
    }, LOOK_EVERY_MS)
  }

  /** Looks now. For tests, and for who has just changed something. */
  async look(): Promise<void> {
    await this.#round
    await this.#look()
  }

  /** Before the database is closed under it. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer)
    if (!this.#timer) return
    this.#timer = undefined
    await this.#round
    await this.database.write((tx) => tx.run('DELETE FROM key_server WHERE id = ?', [this.#id]))
  }

  #wake(): void {
    if (this.#round) return
    this.#round = this.#look().finally(() => {
      this.#round = null
    })
  }

  async #look(): Promise<void> {
    try {
      const keys = await this.database.read(sealingKeysOf)
      this.#keepUp(keys)
      await this.#say()
    } catch (error) {
      this.logger.warn({ err: error }, 'a look at the sealing keys failed')
    }
  }

  #keepUp(keys: readonly SealingKey[]): void {
    const { keyring } = this.config
    forgetRetired(keys, keyring)
    try {
      keyring.refresh()
    } catch (error) {
      // It goes on with the keys it has; whether that will do, is seen next.
      this.#warn(`the keyring file cannot be used: ${(error as Error).message}`)
    }
    this.#missing = missingKeys(keys, keyring)
    if (this.#missing.length === 0) useActive(keys, keyring)
    else this.#warn(`sealing keys are missing in the keyring: ${this.#missing.join(', ')}`)
  }

  /** Once for each thing that is wrong: a person must act. */
  #warn(what: string): void {
    if (what === this.#warned) return
    this.#warned = what
    this.logger.error(what)
  }

  /** Tells what has changed at once, and that it lives now and then. */
  async #say(): Promise<void> {
    const { keyring } = this.config
    const keysHeld = JSON.stringify(keyring.fingerprints())
    const says = `${keyring.active} ${keysHeld}`
    if (says === this.#said && performance.now() - this.#saidAtMs < BEAT_EVERY_MS) return
    const nowMs = this.clock.nowMs()
    const label = `${hostname()} ${String(process.pid)}`.slice(-LABEL_CHARACTERS_MAX)
    await this.database.write(async (tx) => {
      const known = await tx.run(
        'UPDATE key_server SET keysHeld = ?, sealsWith = ?, beats = beats + 1, seenAtMs = ? WHERE id = ?',
        [keysHeld, keyring.active, nowMs, this.#id],
      )
      if (known === 0)
        await tx.insert(
          'key_server',
          ['id', 'label', 'keysHeld', 'sealsWith', 'beats', 'startedAtMs', 'seenAtMs'],
          [[this.#id, label, keysHeld, keyring.active, 0, nowMs, nowMs]],
        )
    })
    this.#said = says
    this.#saidAtMs = performance.now()
  }

  async #forgetTheDead(): Promise<void> {
    await this.database.write((tx) =>
      tx.run('DELETE FROM key_server WHERE seenAtMs < ?', [this.clock.nowMs() - FORGET_AFTER_MS]),
    )
  }
}
