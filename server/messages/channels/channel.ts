import type { MessageChannel } from '@huike/shared/contracts/console-campaigns'

// The one contract of every channel that carries a message to a member. The sender claims a message
// in the database first, then calls `send` once, outside of any transaction, and records what it
// answers. A channel never resends by itself what may have reached its provider.

export interface OutgoingMessage {
  messageId: string
  /** The clear address, opened just before: an openid, a mainland number; of the inbox, the member. */
  to: string
  title: string
  body: string
  programmeName: string
}

/**
 * Why a provider said no, the same for every channel.
 * no_permission: the member has not allowed it, or has used the permission up (WeChat 43101).
 * blocked: the provider does not write to this address (opted out, banned).
 * address: there is no such address. content: the text, or its form, is not accepted.
 * settings: template, signature, account or balance need a person; nobody else gets through either.
 */
export type RefusedCode = 'no_permission' | 'blocked' | 'address' | 'content' | 'settings'
/** busy: the provider is, or limits us. unreachable: it was not reached at all. */
export type RetryCode = 'busy' | 'unreachable'

/**
 * sent: the provider took it. refused: it was surely not sent, and asking again does not help.
 * retry: it was surely not sent, and may be later. unknown: the request may have reached the
 * provider and the answer is lost; it must not be sent again.
 */
export type SendOutcome =
  | { outcome: 'sent'; providerId: string | null }
  | { outcome: 'refused'; code: RefusedCode; detail: string }
  | { outcome: 'retry'; code: RetryCode; detail: string }
  | { outcome: 'unknown'; detail: string }

export interface ChannelAdapter {
  readonly name: MessageChannel
  /** Tries once. Throws nothing; `detail` names the provider's code and never an address. */
  send(message: OutgoingMessage): Promise<SendOutcome>
}

/** The channels this server has been set up with, by name. */
export type Channels = ReadonlyMap<MessageChannel, ChannelAdapter>
/** The Nest token of Channels. */
export const CHANNELS = Symbol('Channels')
