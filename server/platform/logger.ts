import type { LoggerService } from '@nestjs/common'
import { maskPhonesIn } from '@huike/shared/phone'
import { pino, type Logger } from 'pino'

// Logs. A phone number cannot appear: the finished line is masked before it is written, whatever
// was passed in. ERROR means that a person must act.

/** Eleven digits of a mobile number, whatever letters stand around them. */
const BARE_MOBILE = /(?<!\d)(?:86)?(1[3-9]\d)\d{4}(\d{4})(?!\d)/g
/** The escapes of JSON and URLs would hide where a number begins: `\n138…`, `%2B86138…`. */
const ESCAPE = /\\(?:u[0-9a-fA-F]{4}|[nrtbf])|%[0-9a-fA-F]{2}/g

/** Makes the server's logger; every line passes `maskLine` last. */
export function makeLogger(level: string, destination?: { write(line: string): void }): Logger {
  const options = { level, hooks: { streamWrite: maskLine }, base: null }
  return destination ? pino(options, destination) : pino(options)
}

/** Masks every mobile number in one finished JSON line. */
export function maskLine(line: string): string {
  return maskPhonesIn(line.replace(ESCAPE, '$& ')).replace(BARE_MOBILE, '$1****$2')
}

/** Lets Nest write to the same log. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}
  log(message: unknown): void {
    this.logger.debug(text(message))
  }
  warn(message: unknown): void {
    this.logger.warn(text(message))
  }
  error(message: unknown, stack?: unknown): void {
    this.logger.error({ stack }, text(message))
  }
  fatal(message: unknown): void {
    this.logger.fatal(text(message))
  }
}

function text(message: unknown): string {
  return typeof message === 'string' ? message : JSON.stringify(message)
}
