import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { createApp } from '../app.js'
import { type Clock, SystemClock } from '../platform/clock.js'
import type { Config } from '../platform/config.js'
import type { Database } from '../platform/database.js'
import { KeyWatch } from '../platform/key-watch.js'
import { makeLogger } from '../platform/logger.js'
import { agreeOnKeys } from '../platform/sealing-keys.js'
import { WechatClient } from '../platform/wechat.js'
import { withDatabase } from './with-database.js'

/** Builds the application over a migrated database, without listening, for the time of `work`. */
export function withApp<T>(
  config: Config,
  work: (app: NestFastifyApplication, database: Database) => Promise<T>,
  clock: Clock = new SystemClock(),
): Promise<T> {
  return withDatabase(config, async (database) => {
    await database.migrate()
    await agreeOnKeys(database, config.keyring, clock.nowMs())
    const logger = makeLogger('warn')
    const settings = config.wechat ?? {
      appId: 'none',
      secret: 'none',
      baseUrl: 'http://127.0.0.1:1',
    }
    const wechat = new WechatClient(settings, clock)
    const app = await createApp({ config, database, clock, logger, wechat, pay: null })
    try {
      await app.get(KeyWatch).start()
      return await work(app, database)
    } finally {
      await app.close()
    }
  })
}
