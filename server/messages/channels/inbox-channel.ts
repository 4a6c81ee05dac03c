import type { ChannelAdapter, SendOutcome } from './channel.js'

// The inbox of the mini-program: a message that is recorded as sent is there. Nothing goes out.

export class InboxChannel implements ChannelAdapter {
  readonly name = 'inbox'

  send(): Promise<SendOutcome> {
    return Promise.resolve({ outcome: 'sent', providerId: null })
  }
}
