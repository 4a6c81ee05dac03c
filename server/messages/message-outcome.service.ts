import { Injectable } from '@nestjs/common'
import type { MessageReason, MessageState } from '@huike/shared/contracts/console-campaigns'
import { Clock } from '../platform/clock.js'
import { crashPoint } from '../platform/crash-points.js'
import { Database, inList, listParameter, type SqlValue, type Tx } from '../platform/database.js'
import type { SendOutcome } from './channels/channel.js'
import type { Claimed } from './message-claim.service.js'
import { MessageReachService } from './message-reach.service.js'
import { SubscriptionCreditsService } from './subscription-credits.service.js'

// Writes down what became of claimed messages. A message whose fate nobody knows is in doubt and is
// never sent again: when its answer comes later than its lease, only "sent" still counts.

/** Backoff doubles from this: eight attempts last about an hour. */
const BACKOFF_MS_FIRST = 30_000
const ATTEMPTS_MAX = 8
const DOUBTFUL_AT_ONCE_MAX = 500

/** A claimed message and what its channel answered. */
export interface Answered {
  message: Claimed
  outcome: SendOutcome
}

interface Fate {
  state: MessageState
  reason: MessageReason | null
  /** Channels to try when it waits again; as before when absent. */
  channels?: string
  attempts?: number
  nextAtMs?: number
}

const COLUMNS = [
  'state',
  'reason',
  'channel',
  'channels',
  'attempts',
  'nextAtMs',
  'sentAtMs',
  'providerId',
  'changedAtMs',
] as const

@Injectable()
export class MessageOutcomeService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly reach: MessageReachService,
    private readonly credits: SubscriptionCreditsService,
  ) {}

  /** Records answers, all in one commit. */
  async record(answered: readonly Answered[]): Promise<void> {
    crashPoint('message.before-result')
    await this.database.write((tx) => this.#record(tx, answered))
    crashPoint('message.after-result')
  }

  /**
   * What was claimed by a server that died, or that never wrote down an answer, is in doubt from
   * now on. Answers their ids.
   */
  async doubtLost(): Promise<string[]> {
    const nowMs = this.clock.nowMs()
    const lost = `state = 'sending' AND nextAtMs <= ? LIMIT ${String(DOUBTFUL_AT_ONCE_MAX)}`
    const seen = await this.database.read((rx) =>
      rx.rows<{ id: string }>(`SELECT id FROM message WHERE ${lost}`, [nowMs]),
    )
    if (seen.length === 0) return []
    return this.database.write(async (tx) => {
      const locked = await tx.rows<{ id: string }>(
        `SELECT id FROM message WHERE id IN ${inList(tx)} AND state = 'sending'
           AND nextAtMs <= ?${tx.forUpdate}`,
        [listParameter(tx, seen.map((row) => row.id).sort()), nowMs],
      )
      const ids = locked.map((row) => row.id)
      await tx.run(
        `UPDATE message SET state = 'doubtful', changedAtMs = ? WHERE id IN ${inList(tx)}`,
        [nowMs, listParameter(tx, ids)],
      )
      return ids
    })
  }

  async #record(tx: Tx, answered: readonly Answered[]): Promise<void> {
    const nowMs = this.clock.nowMs()
    const ids = answered.map(({ message }) => message.id).sort()
    const locked = await tx.rows<{ id: string; state: string; channels: string }>(
      `SELECT id, state, channels FROM message WHERE id IN ${inList(tx)}
       ORDER BY id${tx.forUpdate}`,
      [listParameter(tx, ids)],
    )
    const now = new Map(locked.map((row) => [row.id, row]))
    const rows: SqlValue[][] = []
    for (const { message, outcome } of answered) {
      const row = now.get(message.id)
      const isOpen =
        row?.state === 'sending' || (row?.state === 'doubtful' && outcome.outcome === 'sent')
      if (!row || !isOpen) continue
      await this.#settleCredit(tx, message, outcome, nowMs)
      rows.push(valuesFor(message, outcome, { channels: row.channels, nowMs }))
    }
    await tx.updateEach('message', 'id', COLUMNS, rows)
    crashPoint('message.inside-result')
  }

  /** A credit that sent nothing comes back, but for one that WeChat says was never there. */
  async #settleCredit(
    tx: Tx,
    message: Claimed,
    outcome: SendOutcome,
    nowMs: number,
  ): Promise<void> {
    const wechat = this.reach.wechat()
    const { id: messageId, identityId } = message
    if (!wechat || identityId === null) return
    const credit = { identityId, templateId: wechat.templateId, messageId, nowMs }
    switch (outcome.outcome) {
      case 'sent':
      case 'unknown':
        return
      case 'retry':
        await this.credits.giveBack(tx, credit)
        return
      case 'refused':
        if (outcome.code === 'no_permission') await this.credits.refused(tx, credit)
        else await this.credits.giveBack(tx, credit)
    }
  }
}

function valuesFor(
  message: Claimed,
  outcome: SendOutcome,
  row: { channels: string; nowMs: number },
): SqlValue[] {
  const fate = fateOf(message, outcome, row.nowMs)
  const isSent = fate.state === 'sent'
  return [
    message.id,
    fate.state,
    fate.reason,
    fate.state === 'waiting' ? null : message.channel,
    fate.channels ?? row.channels,
    fate.attempts ?? message.attempts,
    fate.nextAtMs ?? row.nowMs,
    isSent ? row.nowMs : null,
    outcome.outcome === 'sent' ? outcome.providerId : null,
    row.nowMs,
  ]
}

function fateOf(message: Claimed, outcome: SendOutcome, nowMs: number): Fate {
  switch (outcome.outcome) {
    case 'sent':
      return { state: 'sent', reason: null }
    case 'unknown':
      return { state: 'doubtful', reason: null }
    case 'refused':
      // What only a person can mend is no answer about this member: it waits like an outage.
      return outcome.code === 'settings'
        ? tryLater(message, nowMs)
        : tryNext(message, 'provider_refused', nowMs)
    case 'retry':
      return tryLater(message, nowMs)
  }
}

function tryLater(message: Claimed, nowMs: number): Fate {
  const attempts = message.attempts + 1
  if (attempts >= ATTEMPTS_MAX) return tryNext(message, 'provider_failed', nowMs)
  const nextAtMs = nowMs + BACKOFF_MS_FIRST * 2 ** message.attempts
  return { state: 'waiting', reason: null, attempts, nextAtMs }
}

function tryNext(message: Claimed, reason: MessageReason, nowMs: number): Fate {
  if (message.rest.length === 0) return { state: 'failed', reason }
  const channels = message.rest.join(',')
  return { state: 'waiting', reason, channels, attempts: 0, nextAtMs: nowMs }
}
