import type { OutcomeCode } from '@huike/shared/outcomes'
import type { Asked } from '../uplink/ask-server.js'
import { RequestRefused } from './problem.js'

/** The server's answer; its refusal, or `offline` where it could not be asked, is the cashier's. */
export function answered<T>(asked: Asked<T>, offline: OutcomeCode): T {
  switch (asked.kind) {
    case 'answered':
      return asked.answer
    case 'refused':
      throw new RequestRefused(asked.code, undefined, asked.detail ?? undefined)
    case 'unreachable':
      throw new RequestRefused(offline)
  }
}
