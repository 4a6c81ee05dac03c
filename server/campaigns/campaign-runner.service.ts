import { Inject, Injectable, type OnModuleInit } from '@nestjs/common'
import type { MessageChannel } from '@huike/shared/contracts/console-campaigns'
import type { Logger } from 'pino'
import { MessageClaimService } from '../messages/message-claim.service.js'
import { MessageSenderService } from '../messages/message-sender.service.js'
import { MessagesService } from '../messages/messages.service.js'
import { BackgroundWorker } from '../platform/background-worker.js'
import { Clock } from '../platform/clock.js'
import { crashPoint } from '../platform/crash-points.js'
import { Database, type Tx } from '../platform/database.js'
import { LOGGER } from '../platform/tokens.js'
import { AudienceService, type AudienceOf } from '../segments/audience.service.js'
import { CampaignGiftsService } from './campaign-gifts.service.js'
import { keptAudience } from './campaign-scope.js'
import type { Campaign } from './campaign.entity.js'
import { CampaignsService, NEVER_MS } from './campaigns.service.js'

// Carries campaigns through: launches what is due, writes its audience down window by window, and
// says when nobody waits any more. How far it has come moves in the commit that writes a window, and
// a campaign's row is locked for it, so neither a crash nor a second server writes to anybody twice
// or leaves anybody out.

const DAY_MS = 86_400_000
/** Members looked at for one commit, matching or not. */
const WINDOW_ROWS = 1_000
const CAMPAIGNS_AT_ONCE_MAX = 100

@Injectable()
export class CampaignRunnerService extends BackgroundWorker implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly campaigns: CampaignsService,
    private readonly gifts: CampaignGiftsService,
    private readonly audiences: AudienceService,
    private readonly messages: MessagesService,
    private readonly claims: MessageClaimService,
    private readonly sender: MessageSenderService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super(logger, 'campaigns')
  }

  onModuleInit(): void {
    this.claims.askBeforeSending({
      stopped: (tx, ids) => this.campaigns.stopped(tx, ids),
      give: (tx, messages) => this.gifts.give(tx, messages),
    })
  }

  /** Does all that is due now, the sending included, and returns when nothing is left. For tests. */
  override async drain(): Promise<void> {
    await super.drain()
    await this.sender.drain()
    await this.#finish()
  }

  /** All that is due is done in one step. */
  protected async step(): Promise<boolean> {
    await this.#carryOn()
    await this.#finish()
    return false
  }

  /** Launches, writes audiences down, and takes back what a stopped campaign has waiting. */
  async #carryOn(): Promise<void> {
    for (const { id, state } of await this.#due()) {
      if (this.isStopping) return
      try {
        if (state === 'cancelled') await this.#takeBack(id)
        else while (!this.isStopping && (await this.#advance(id)));
      } catch (error) {
        // One that fails must not hold up the others; the next look tries it again.
        this.logger.warn({ err: error, campaignId: id }, 'a campaign could not be carried on')
      }
    }
  }

  async #due(): Promise<Pick<Campaign, 'id' | 'state'>[]> {
    return this.database.read((rx) =>
      rx.rows<Pick<Campaign, 'id' | 'state'>>(
        `SELECT id, state FROM campaign WHERE state IN ('scheduled', 'picking', 'cancelled')
           AND nextAtMs <= ? ORDER BY nextAtMs LIMIT ${String(CAMPAIGNS_AT_ONCE_MAX)}`,
        [this.clock.nowMs()],
      ),
    )
  }

  /** Launches a campaign or writes down its next window; false when there is no more to write. */
  async #advance(id: string): Promise<boolean> {
    crashPoint('campaign.before-page')
    const isMore = await this.database.write(async (tx) => {
      const [campaign] = await tx.rows<Campaign>(
        `SELECT * FROM campaign WHERE id = ?${tx.forUpdate}`,
        [id],
      )
      if (campaign?.state === 'scheduled') return this.#launch(tx, campaign)
      if (campaign?.state !== 'picking') return false
      const isMore = await this.#pick(tx, campaign)
      crashPoint('campaign.inside-page')
      return isMore
    })
    crashPoint('campaign.after-page')
    this.sender.wake()
    return isMore
  }

  async #launch(tx: Tx, campaign: Campaign): Promise<boolean> {
    const nowMs = this.clock.nowMs()
    if (campaign.nextAtMs > nowMs) return false
    await tx.run("UPDATE campaign SET state = 'picking', launchedAtMs = ? WHERE id = ?", [
      nowMs,
      campaign.id,
    ])
    return true
  }

  async #pick(tx: Tx, campaign: Campaign): Promise<boolean> {
    const { id, contentId } = campaign
    const nowMs = this.clock.nowMs()
    const audience = audienceOf(campaign, campaign.launchedAtMs ?? nowMs)
    const after = campaign.pickedUpTo ?? ''
    const window = await this.audiences.windowAfter(tx, audience, after, WINDOW_ROWS)
    if (!window) {
      await tx.run("UPDATE campaign SET state = 'sending' WHERE id = ?", [id])
      return false
    }
    const memberIds = await this.audiences.idsWithin(tx, audience, window)
    const picked = await this.messages.writePage(tx, {
      campaignId: id,
      contentId,
      memberIds,
      channels: campaign.channels.split(',') as MessageChannel[],
      unlessBoughtAfterMs: audience.lastBeforeMs,
      nowMs,
    })
    await tx.run('UPDATE campaign SET pickedUpTo = ?, pickedCount = pickedCount + ? WHERE id = ?', [
      window.upTo,
      picked,
      id,
    ])
    return true
  }

  /** What a cancel could not take back in its own time, or before it was killed. */
  async #takeBack(id: string): Promise<void> {
    while (!this.isStopping && (await this.messages.cancelWaiting(id)));
    if (this.isStopping) return
    await this.database.write((tx) =>
      tx.run("UPDATE campaign SET nextAtMs = ? WHERE id = ? AND state = 'cancelled'", [
        NEVER_MS,
        id,
      ]),
    )
  }

  /** Campaigns of which nobody waits any more are done. */
  async #finish(): Promise<void> {
    const over = await this.database.read(async (rx) => {
      const sending = await rx.rows<{ id: string }>(
        `SELECT id FROM campaign WHERE state = 'sending' LIMIT ${String(CAMPAIGNS_AT_ONCE_MAX)}`,
      )
      const ids: string[] = []
      for (const { id } of sending) if (!(await this.messages.isUnderWay(rx, id))) ids.push(id)
      return ids
    })
    for (const id of over)
      await this.database.write((tx) =>
        tx.run(
          "UPDATE campaign SET state = 'done', finishedAtMs = ? WHERE id = ? AND state = 'sending'",
          [this.clock.nowMs(), id],
        ),
      )
  }
}

/** Who matches: those whose last purchase was, at the launch, longer ago than the days asked for. */
function audienceOf(campaign: Pick<Campaign, 'audience'>, launchedAtMs: number): AudienceOf {
  const { inactiveDays, stores } = keptAudience(campaign)
  return { lastBeforeMs: launchedAtMs - inactiveDays * DAY_MS, storeIds: stores }
}
