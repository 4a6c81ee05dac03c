import type { MessageState } from '@huike/shared/contracts/console-campaigns'

/** The colour of the tag that says how far a message is. */
export const MESSAGE_COLOURS: Readonly<Record<MessageState, string>> = {
  waiting: 'default',
  sending: 'default',
  sent: 'success',
  failed: 'error',
  skipped: 'default',
  doubtful: 'warning',
}
