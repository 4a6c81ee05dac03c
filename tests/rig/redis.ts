import { describe } from '@jest/globals'
import { randomBytes } from 'node:crypto'

/** What a suite on Redis is given. */
export interface RedisKit {
  /** Usable as `REDIS_URL`. */
  url: string
  /** A prefix no other suite uses: queues and keys of a test begin with it. */
  freshPrefix(): string
}

/** A suite that needs Redis; skipped where there is none. */
export function describeRedis(title: string, suite: (kit: RedisKit) => void): void {
  const url = process.env['TEST_REDIS_URL']
  const kit = { url: url ?? '', freshPrefix: () => `test${randomBytes(6).toString('hex')}` }
  if (url) {
    describe(title, () => {
      suite(kit)
    })
  } else {
    describe.skip(`${title} (skipped: no Redis here)`, () => {
      suite(kit)
    })
  }
}
