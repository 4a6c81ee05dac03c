import type { LoggerService } from '@nestjs/common'
import { maskPhonesIn } from '@huike/shared/phone'
import { pino, type Logger } from 'pino'

// Logs. A phone number cannot appear: the finished line is masked before it is written, whatever
// was passed in. ERROR means that a person must act.

/** Makes the server's logger; every line passes `maskPhonesIn` last. */
export function makeLogger(level: string, destination?: { write(line: string): void }): Logger {
  const options = { level, hooks: { streamWrite: maskPhonesIn }, base: null }
  return destination ? pino(options, destination) : pino(options)
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
