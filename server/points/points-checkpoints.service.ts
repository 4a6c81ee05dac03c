import { Inject, Injectable } from '@nestjs/common'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import type { Logger } from 'pino'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock, localDate } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import {
  Database,
  inList,
  listParameter,
  UniqueViolation,
  valuesOf,
  type Tx,
} from '../platform/database.js'
import { LOGGER } from '../platform/tokens.js'
import { leafOf, signStatement } from './checkpoint-statement.js'
import { MerkleTree } from './merkle.js'
import { headPages, HEADS_PER_PAGE } from './checkpoint-pages.js'
import type { PointsAccount } from './points-account.entity.js'
import type { PointsCheckpointHead } from './points-checkpoint-head.entity.js'
import type { PointsCheckpoint } from './points-checkpoint.entity.js'

// Once a day the heads that have moved are written down and signed: a chain that is written anew as
// a whole, with its account and its purchases to fit, no longer fits its head. The heads are gathered
// some at a time, beside the tills; a server that dies on the way leaves heads that are right and that
// the next one goes on from. Whoever signs first has signed: all lock the one checkpoint there always is.

const LOOK_EVERY_MS = 60_000
const CHECKPOINT_COLUMNS = [
  'number',
  'takenAtMs',
  'heads',
  'previousRoot',
  'root',
  'signature',
] as const satisfies (keyof PointsCheckpoint)[]
const HEAD_COLUMNS = [
  'memberId',
  'headSeq',
  'headHash',
  'number',
] as const satisfies (keyof PointsCheckpointHead)[]

type Account = Pick<PointsAccount, 'memberId' | 'headSeq' | 'headHash'>

@Injectable()
export class PointsCheckpointsService extends BackgroundWorker {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super(logger, 'checkpoints', LOOK_EVERY_MS)
  }

  protected async step(): Promise<boolean> {
    const { takenAtMs } = await this.latest()
    const dayOf = (atMs: number) => localDate(atMs, CHAIN_TIME_ZONE)
    if (takenAtMs > 0 && dayOf(takenAtMs) >= dayOf(this.clock.nowMs())) return false
    await this.take()
    return false
  }

  /** The last checkpoint; number 0 while there was none. */
  async latest(): Promise<PointsCheckpoint> {
    const [row] = await this.database.read((rx) =>
      rx.rows<PointsCheckpoint>('SELECT * FROM points_checkpoint ORDER BY number DESC LIMIT 1'),
    )
    if (!row) throw new Error('the first checkpoint is missing: migrate the database')
    return row
  }

  /** Takes a checkpoint now; null when somebody else has, or this server stops. */
  async take(): Promise<PointsCheckpoint | null> {
    const before = await this.latest()
    try {
      return (await this.#gather(before)) ? await this.#sign(before) : null
    } catch (error) {
      if (!(error instanceof UniqueViolation) && !(error instanceof TakenMeanwhile)) throw error
      this.logger.debug({ number: before.number + 1 }, 'another server takes this checkpoint')
      return null
    }
  }

  /** Writes down every head that has moved; false when it was stopped on the way. */
  async #gather(before: PointsCheckpoint): Promise<boolean> {
    for (let afterId = ''; ;) {
      if (this.isStopping) return false
      const { moved, lastId } = await this.#moved(afterId)
      if (moved.length > 0)
        await this.database.write(async (tx) => {
          await lockAfter(tx, before)
          const number = before.number + 1
          await tx.insert(
            'points_checkpoint_head',
            HEAD_COLUMNS,
            moved.map((head) => valuesOf({ ...head, number }, HEAD_COLUMNS)),
          )
        })
      if (lastId === null) return true
      afterId = lastId
    }
  }

  /** Of a page of accounts, those whose head is not written down. */
  #moved(afterId: string): Promise<{ moved: Account[]; lastId: string | null }> {
    return this.database.read(async (rx) => {
      const accounts = await rx.rows<Account>(
        `SELECT memberId, headSeq, headHash FROM points_account WHERE memberId > ?
         ORDER BY memberId LIMIT ${String(HEADS_PER_PAGE)}`,
        [afterId],
      )
      const known = await rx.rows<{ memberId: string; headSeq: number }>(
        `SELECT memberId, MAX(headSeq) AS headSeq FROM points_checkpoint_head
         WHERE memberId IN ${inList(rx)} GROUP BY memberId`,
        [
          listParameter(
            rx,
            accounts.map(({ memberId }) => memberId),
          ),
        ],
      )
      const seqs = new Map(known.map(({ memberId, headSeq }) => [memberId, headSeq]))
      const moved = accounts.filter((one) => one.headSeq > (seqs.get(one.memberId) ?? 0))
      const isLast = accounts.length < HEADS_PER_PAGE
      return { moved, lastId: isLast ? null : (accounts.at(-1)?.memberId ?? null) }
    })
  }

  async #sign(before: PointsCheckpoint): Promise<PointsCheckpoint> {
    const number = before.number + 1
    const tree = new MerkleTree()
    for await (const page of headPages(this.database, number))
      for (const head of page) tree.add(leafOf(head))
    const statement = {
      number,
      takenAtMs: this.clock.nowMs(),
      heads: tree.size,
      previousRoot: before.root,
      root: tree.root(),
    }
    const signature = signStatement(this.config.keyring, statement)
    const checkpoint = { ...statement, signature }
    await this.database.write(async (tx) => {
      await lockAfter(tx, before)
      const [count] = await tx.rows<{ heads: number }>(
        'SELECT COUNT(*) AS heads FROM points_checkpoint_head WHERE number = ?',
        [number],
      )
      if (count?.heads !== tree.size) throw new TakenMeanwhile('more heads were written down')
      await tx.insert('points_checkpoint', CHECKPOINT_COLUMNS, [
        valuesOf(checkpoint, CHECKPOINT_COLUMNS),
      ])
    })
    return checkpoint
  }
}

/** Somebody else was faster. */
class TakenMeanwhile extends Error {
  override readonly name = 'TakenMeanwhile'
}

/** Makes sure until the end of the transaction that `before` is the last checkpoint. */
async function lockAfter(tx: Tx, before: PointsCheckpoint): Promise<void> {
  await tx.rows(`SELECT number FROM points_checkpoint WHERE number = 0${tx.forUpdate}`)
  const later = await tx.rows('SELECT number FROM points_checkpoint WHERE number > ? LIMIT 1', [
    before.number,
  ])
  if (later.length > 0) throw new TakenMeanwhile('a checkpoint was taken meanwhile')
}
