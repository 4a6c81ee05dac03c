import { Injectable } from '@nestjs/common'
import type {
  AudienceAsk,
  AudiencePreview,
  Campaign,
  CampaignMessagesPage,
  CampaignMessagesQuery,
  CampaignsPage,
  CampaignStart,
} from '@huike/shared/contracts/console-campaigns'
import type { PageQuery } from '@huike/shared/contracts/common'
import { isUlid } from '@huike/shared/ids'
import { may } from '@huike/shared/permissions'
import { CampaignPreviewService } from '../../campaigns/campaign-preview.service.js'
import { CampaignResultsService } from '../../campaigns/campaign-results.service.js'
import { CampaignRunnerService } from '../../campaigns/campaign-runner.service.js'
import { CampaignsService, type Campaigned } from '../../campaigns/campaigns.service.js'
import { Database } from '../../platform/database.js'
import { ProblemError, raise } from '../../platform/problems.js'
import { cursorOf, placeOf } from '../keyset-cursor.js'
import type { ActingStaff } from '../staff-caller.js'

/** Campaigns as the console asks for them. */
@Injectable()
export class CampaignsPagesService {
  constructor(
    private readonly database: Database,
    private readonly campaigns: CampaignsService,
    private readonly previews: CampaignPreviewService,
    private readonly results: CampaignResultsService,
    private readonly runner: CampaignRunnerService,
  ) {}

  async preview(acting: ActingStaff, ask: AudienceAsk): Promise<AudiencePreview> {
    mustGive(acting, ask)
    const previewed = await this.previews.preview(acting, ask)
    return previewed.ok ? previewed.preview : raise(previewed)
  }

  async start(acting: ActingStaff, start: CampaignStart, key: string): Promise<Campaign> {
    mustGive(acting, start)
    const started = await this.campaigns.start(acting, start, key)
    this.runner.wake()
    return this.#answer(acting, started)
  }

  async cancel(acting: ActingStaff, id: string): Promise<Campaign> {
    return this.#answer(acting, await this.campaigns.cancel(acting, id))
  }

  async one(acting: ActingStaff, id: string): Promise<Campaign> {
    return this.database.read(async (rx) => {
      const campaign = await this.campaigns.find(rx, acting, id)
      if (!campaign) throw new ProblemError('not_found')
      return this.results.view(rx, campaign)
    })
  }

  async page(acting: ActingStaff, query: PageQuery): Promise<CampaignsPage> {
    const before = placeOf(query.cursor)
    return this.database.read(async (rx) => {
      const page = await this.campaigns.page(rx, acting, {
        before: before && { createdAtMs: before.atMs, id: before.id },
        limit: query.limit,
      })
      const { next } = page
      return {
        campaigns: await this.results.heads(rx, page.campaigns),
        nextCursor: next && cursorOf({ atMs: next.createdAtMs, id: next.id }),
      }
    })
  }

  async messages(
    acting: ActingStaff,
    id: string,
    query: CampaignMessagesQuery,
  ): Promise<CampaignMessagesPage> {
    const after = query.cursor ?? ''
    if (after !== '' && !isUlid(after)) throw new ProblemError('input_invalid')
    return this.database.read(async (rx) => {
      const campaign = await this.campaigns.find(rx, acting, id)
      if (!campaign) throw new ProblemError('not_found')
      const { state = null, limit } = query
      const page = await this.results.messagesPage(rx, { campaignId: id, state, after, limit })
      return { messages: page.messages, nextCursor: page.next }
    })
  }

  #answer(acting: ActingStaff, done: Campaigned): Promise<Campaign> {
    return done.ok ? this.one(acting, done.campaign.id) : raise(done)
  }
}

/** Who has a campaign give coupons gives them. */
function mustGive(
  { role }: ActingStaff,
  { couponTemplateId }: Pick<AudienceAsk, 'couponTemplateId'>,
) {
  if (couponTemplateId !== null && !may(role, 'coupons.give')) throw new ProblemError('forbidden')
}
