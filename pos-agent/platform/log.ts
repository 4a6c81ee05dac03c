import { pino } from 'pino'
import type { DestinationStream, Logger } from 'pino'
import { maskPhonesIn } from '@huike/shared/phone'
import type { AgentConfig } from './config.js'
import { AGENT_VERSION } from './version.js'

// The log. No phone number can appear in it: the finished line is masked, whatever was logged.

export type { Logger }

/** Eleven digits of a mobile number that nothing but non-digits surround. */
const BARE_MOBILE = /(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)/g
/** JSON's escapes would hide where a number begins: `\n138…`, `\u001b138…`. */
const JSON_ESCAPE = /\\(?:u[0-9a-fA-F]{4}|[nrtbf])/g

/** Makes the agent's logger: JSON lines to stdout or `destination`. */
export function makeLogger(
  level: AgentConfig['logLevel'],
  destination?: DestinationStream,
): Logger {
  const options = {
    level,
    base: { agent: AGENT_VERSION },
    timestamp: (): string => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string): { level: string } => ({ level: label }) },
    hooks: { streamWrite: maskLine },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}

/** Masks every mobile number in one finished JSON line. */
export function maskLine(line: string): string {
  return maskPhonesIn(line.replace(JSON_ESCAPE, '$& ')).replace(BARE_MOBILE, '$1****$2')
}
