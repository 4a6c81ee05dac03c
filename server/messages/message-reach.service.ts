import { Inject, Injectable } from '@nestjs/common'
import type { MessageChannel } from '@huike/shared/contracts/console-campaigns'
import { CONFIG, type Config } from '../platform/config.js'
import { WECHAT, type WechatPort } from '../platform/tokens.js'
import { CHANNELS, type Channels } from './channels/channel.js'
import type { WechatReach } from './message-facts.service.js'

/** Which channels this server has been set up with, and with what. */
@Injectable()
export class MessageReachService {
  readonly #on: ReadonlySet<MessageChannel>

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CHANNELS) channels: Channels,
    @Inject(WECHAT) private readonly client: Pick<WechatPort, 'appId'>,
  ) {
    // The inbox needs nothing set up: it is rows of our own.
    this.#on = new Set<MessageChannel>(['inbox', ...channels.keys()])
  }

  channelsOn(): ReadonlySet<MessageChannel> {
    return this.#on
  }

  wechat(): WechatReach {
    const { subscribe } = this.config
    if (!this.#on.has('wechat') || subscribe === null) return null
    return { appId: this.client.appId, templateId: subscribe.templateId }
  }
}
