import { Inject, Injectable } from '@nestjs/common'
import { setTimeout as pause } from 'node:timers/promises'
import type { MessageChannel } from '@huike/shared/contracts/console-campaigns'
import type { Logger } from 'pino'
import { BackgroundWorker } from '../platform/background-worker.js'
import { CONFIG, type Config } from '../platform/config.js'
import { crashPoint } from '../platform/crash-points.js'
import { BusyError } from '../platform/database.js'
import { LOGGER } from '../platform/tokens.js'
import { CHANNELS, type Channels, type SendOutcome } from './channels/channel.js'
import { MessageClaimService, type Claimed } from './message-claim.service.js'
import { MessageOutcomeService, type Answered } from './message-outcome.service.js'
import { MessagesService } from './messages.service.js'

// Sends messages. Round after round: what is due is claimed in the database, then handed to its
// channel once, outside of any transaction, then its answer is written down. A server that dies in
// between leaves at most one claim in doubt, and any number of servers may send side by side. It
// stops by finishing the round it began.

/** Sends in a second, on one server: below what providers limit an account to. */
const RATE_PER_S: Record<MessageChannel, number> = { inbox: 100_000, wechat: 500, sms: 100 }
const RECORD_TRIES_MAX = 4
const RECORD_PAUSE_MS = 500
/** Ids a log line names; the console lists them all. */
const NAMED_MAX = 20

@Injectable()
export class MessageSenderService extends BackgroundWorker {
  #answered: { answered: Answered; done: () => void }[] = []
  #recording: Promise<void> | null = null
  #toldSettings = new Set<string>()

  constructor(
    private readonly claims: MessageClaimService,
    private readonly outcomes: MessageOutcomeService,
    private readonly messages: MessagesService,
    @Inject(CHANNELS) private readonly channels: Channels,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super(logger, 'messages')
  }

  /** Sends some of what is due; false when nothing was. */
  protected async step(): Promise<boolean> {
    await this.#doubtLost()
    const due = await this.claims.due()
    if (due.length === 0) return false
    const beganAtMs = performance.now()
    const claimed = await this.#claim(due)
    await Promise.all(claimed.map((message) => this.#send(message)))
    await this.#keepPace(claimed, beganAtMs)
    return true
  }

  async #doubtLost(): Promise<void> {
    const ids = await this.outcomes.doubtLost()
    if (ids.length > 0)
      this.logger.warn(
        { count: ids.length, messageIds: ids.slice(0, NAMED_MAX) },
        'messages are in doubt: claimed, and no answer was written down; they are not sent again',
      )
  }

  /** Claims together; a message nobody can claim must not hold up its neighbours. */
  async #claim(ids: readonly string[]): Promise<Claimed[]> {
    try {
      return await this.claims.claim(ids)
    } catch (error) {
      // A database that is busy says nothing about a message: the next look tries again.
      if (error instanceof BusyError) throw error
      this.logger.warn({ err: error }, 'messages could not be claimed together')
    }
    const claimed: Claimed[] = []
    for (const id of ids) {
      try {
        claimed.push(...(await this.claims.claim([id])))
      } catch (error) {
        this.logger.error({ err: error, messageId: id }, 'a message could not be claimed')
        await this.messages.putOff(id)
      }
    }
    return claimed
  }

  async #send(message: Claimed): Promise<void> {
    const { id: messageId, to, title, body, channel } = message
    crashPoint('message.before-send')
    const adapter = this.channels.get(channel)
    const outcome: SendOutcome = adapter
      ? await adapter.send({ messageId, to, title, body, programmeName: this.config.programmeName })
      : { outcome: 'retry', code: 'unreachable', detail: 'the channel is not set up' }
    crashPoint('message.after-send')
    this.#tell(message, outcome)
    await this.#record({ message, outcome })
  }

  /** What only a person can mend is an error, told once for each kind until one gets through. */
  #tell({ id, channel }: Claimed, outcome: SendOutcome): void {
    if (outcome.outcome === 'sent') {
      this.#toldSettings.delete(channel)
      return
    }
    const log = { messageId: id, channel, ...outcome }
    if (outcome.outcome !== 'refused' || outcome.code !== 'settings') {
      this.logger.info(log, 'a message was not sent, or nobody knows')
      return
    }
    if (this.#toldSettings.has(channel)) return
    this.#toldSettings.add(channel)
    this.logger.error(log, 'a channel of messages is not set up right: its provider refuses all')
  }

  /** Answers that come while a commit is on its way share the next one. */
  #record(answered: Answered): Promise<void> {
    return new Promise((resolve) => {
      this.#answered.push({ answered, done: resolve })
      this.#recording ??= this.#recordAll().finally(() => {
        this.#recording = null
      })
    })
  }

  async #recordAll(): Promise<void> {
    while (this.#answered.length > 0) {
      const batch = this.#answered.splice(0)
      await this.#recordBatch(batch.map(({ answered }) => answered))
      for (const { done } of batch) done()
    }
  }

  async #recordBatch(batch: readonly Answered[]): Promise<void> {
    for (let tries = 1; tries <= RECORD_TRIES_MAX; tries += 1) {
      try {
        await this.outcomes.record(batch)
        return
      } catch (error) {
        this.logger.warn({ err: error, count: batch.length, tries }, 'answers were not recorded')
        await pause(RECORD_PAUSE_MS)
      }
    }
    this.logger.error({ count: batch.length }, 'answers are lost: their messages will be in doubt')
  }

  /** Waits until the round has taken as long as its busiest channel's limit asks. */
  async #keepPace(claimed: readonly Claimed[], beganAtMs: number): Promise<void> {
    const sends = (channel: MessageChannel) =>
      claimed.filter((message) => message.channel === channel).length
    const neededMs = Math.max(
      ...Object.entries(RATE_PER_S).map(
        ([channel, perS]) => (sends(channel as MessageChannel) / perS) * 1_000,
      ),
    )
    const leftMs = neededMs - (performance.now() - beganAtMs)
    if (leftMs > 1) await pause(leftMs)
  }
}
