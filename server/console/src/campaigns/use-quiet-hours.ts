import type { MessageSettings } from '@huike/shared/contracts/console-campaigns'
import { useQuery } from '../use-query.js'
import { QUIET_DEFAULT } from '../limits.js'
import type { QuietHours } from './send-time.js'

/** The chain's quiet hours; the usual ones until they are read. */
export function useQuietHours(): QuietHours {
  return useQuery<MessageSettings>('/settings/messages').value ?? QUIET_DEFAULT
}
