import { Module } from '@nestjs/common'
import { MembersModule } from '../members/members.module.js'
import { Clock } from '../platform/clock.js'
import { CONFIG, type Config } from '../platform/config.js'
import { WECHAT, type WechatPort } from '../platform/tokens.js'
import { StoresModule } from '../stores/stores.module.js'
import { CHANNELS, type ChannelAdapter, type Channels } from './channels/channel.js'
import { InboxChannel } from './channels/inbox-channel.js'
import { SmsChannel } from './channels/sms-channel.js'
import { WechatChannel } from './channels/wechat-channel.js'
import { InboxService } from './inbox.service.js'
import { MessageClaimService } from './message-claim.service.js'
import { MessageFactsService } from './message-facts.service.js'
import { MessageOutcomeService } from './message-outcome.service.js'
import { MessageOwnersService } from './message-owners.service.js'
import { MessageReachService } from './message-reach.service.js'
import { MessageSenderService } from './message-sender.service.js'
import { MessagesService } from './messages.service.js'
import { SubscriptionCreditsService } from './subscription-credits.service.js'

const SERVICES = [
  InboxService,
  SubscriptionCreditsService,
  MessagesService,
  MessageFactsService,
  MessageReachService,
  MessageClaimService,
  MessageOwnersService,
  MessageOutcomeService,
  MessageSenderService,
]

@Module({
  imports: [MembersModule, StoresModule],
  providers: [
    ...SERVICES,
    { provide: CHANNELS, useFactory: channelsOf, inject: [CONFIG, WECHAT, Clock] },
  ],
  exports: [...SERVICES, CHANNELS],
})
export class MessagesModule {}

/** The channels the settings set up; the inbox is always there. */
function channelsOf(config: Config, wechat: WechatPort, clock: Clock): Channels {
  const channels: ChannelAdapter[] = [new InboxChannel()]
  if (config.subscribe !== null) channels.push(new WechatChannel(wechat, config.subscribe, clock))
  if (config.sms !== null) channels.push(new SmsChannel(config.sms, clock))
  return new Map(channels.map((channel) => [channel.name, channel]))
}
