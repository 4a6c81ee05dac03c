import { Inject, Injectable } from '@nestjs/common'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { Clock } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import { Database, UniqueViolation, type Tx } from '../platform/database.js'
import { networkOf } from '../platform/request-origin.js'
import {
  ACCOUNT_ATTEMPTS,
  ADDRESS_ATTEMPTS,
  afterAttempt,
  ATTEMPTS_KEPT_MS,
  NO_ATTEMPTS,
  waitMsLeft,
  waitWords,
  type AttemptPolicy,
  type Attempts,
} from './attempt-rules.js'
import type { SignInAttempt } from './sign-in-attempt.entity.js'

// Counts wrong sign-ins, by user name and by address, in the database: a restart forgets nothing. An
// attempt is counted before the password is looked at and taken back when it was right, so that a
// hundred guesses at once are not one. Names nobody has are counted like any other.

/** Two first attempts may meet at the key; the later then finds what the earlier wrote. */
const RACES_MAX = 5
const TIDY_EVERY_MS = 3_600_000

interface Counted {
  keyIndex: string
  before: Attempts
  after: Attempts
}

/** An attempt that was counted, to be taken back or cleared when it turns out well. */
export interface CountedAttempt {
  account: Counted
  /** Null for somebody who is signed in and proves who they are again. */
  address: Counted | null
  /** From now on the user name, or the address, has to wait. */
  isLocking: boolean
}

@Injectable()
export class SignInAttemptsService {
  #tidiedAtMs = -Infinity

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Counts an attempt. Refuses `sign_in_locked`, saying for how long, while one has to wait. */
  async begin(
    username: string,
    address: string | null,
  ): Promise<{ ok: true; attempt: CountedAttempt } | Refusal> {
    await this.#tidy()
    for (let race = 1; ; race += 1) {
      try {
        return await this.database.write((tx) => this.#begin(tx, username, address))
      } catch (error) {
        if (!(error instanceof UniqueViolation) || race >= RACES_MAX) throw error
      }
    }
  }

  /** It was no wrong attempt, but not a whole sign-in either: as if it had not been made. */
  async takeBack(tx: Tx, { account, address }: CountedAttempt): Promise<void> {
    await takeBack(tx, account)
    if (address !== null) await takeBack(tx, address)
  }

  /**
   * A whole sign-in: the user name begins anew. The address does not: else somebody with an account
   * of their own could go on guessing others' for ever.
   */
  async clear(tx: Tx, { account, address }: CountedAttempt): Promise<void> {
    await tx.run('DELETE FROM sign_in_attempt WHERE keyIndex = ?', [account.keyIndex])
    if (address !== null) await takeBack(tx, address)
  }

  async #begin(
    tx: Tx,
    username: string,
    address: string | null,
  ): Promise<{ ok: true; attempt: CountedAttempt } | Refusal> {
    const nowMs = this.clock.nowMs()
    const { keyring, rateLimitScale } = this.config
    const free = Math.ceil(ADDRESS_ATTEMPTS.free * rateLimitScale)
    const accountKey = keyring.blindIndex('sign-in account', username)
    const account = await count(tx, accountKey, nowMs, ACCOUNT_ATTEMPTS)
    const ofAddress =
      address === null
        ? null
        : await count(tx, keyring.blindIndex('sign-in address', networkOf(address)), nowMs, {
            ...ADDRESS_ATTEMPTS,
            free,
          })
    const both = [account, ...(ofAddress === null ? [] : [ofAddress])]
    const waitMs = Math.max(...both.map(({ before }) => waitMsLeft(before, nowMs)))
    if (waitMs > 0) return refuse('sign_in_locked', waitWords(waitMs))
    for (const one of both) await write(tx, one)
    const isLocking = both.some(({ after }) => after.lockedUntilMs > nowMs)
    return { ok: true, attempt: { account, address: ofAddress, isLocking } }
  }

  /** Forgets what counts no more, once in a while. */
  async #tidy(): Promise<void> {
    const nowMs = this.clock.nowMs()
    if (nowMs - this.#tidiedAtMs < TIDY_EVERY_MS) return
    this.#tidiedAtMs = nowMs
    await this.database.write((tx) =>
      tx.run('DELETE FROM sign_in_attempt WHERE lastAtMs < ?', [nowMs - ATTEMPTS_KEPT_MS]),
    )
  }
}

async function count(
  tx: Tx,
  keyIndex: string,
  nowMs: number,
  policy: AttemptPolicy,
): Promise<Counted> {
  const [row] = await tx.rows<SignInAttempt>(
    `SELECT * FROM sign_in_attempt WHERE keyIndex = ?${tx.forUpdate}`,
    [keyIndex],
  )
  const before = row ?? NO_ATTEMPTS
  return { keyIndex, before, after: afterAttempt(before, nowMs, policy) }
}

async function write(tx: Tx, { keyIndex, before, after }: Counted): Promise<void> {
  const { failures, lastAtMs, lockedUntilMs } = after
  if (before === NO_ATTEMPTS)
    await tx.insert(
      'sign_in_attempt',
      ['keyIndex', 'failures', 'lastAtMs', 'lockedUntilMs'],
      [[keyIndex, failures, lastAtMs, lockedUntilMs]],
    )
  else
    await tx.run(
      'UPDATE sign_in_attempt SET failures = ?, lastAtMs = ?, lockedUntilMs = ? WHERE keyIndex = ?',
      [failures, lastAtMs, lockedUntilMs, keyIndex],
    )
}

/** One failure less; a wait that somebody else's failure brought meanwhile stays. */
async function takeBack(tx: Tx, { keyIndex, before, after }: Counted): Promise<void> {
  await tx.run(
    `UPDATE sign_in_attempt SET failures = failures - 1,
       lockedUntilMs = CASE WHEN lockedUntilMs = ? THEN ? ELSE lockedUntilMs END
     WHERE keyIndex = ? AND failures > 0`,
    [after.lockedUntilMs, before.lockedUntilMs, keyIndex],
  )
}
