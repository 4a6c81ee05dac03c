import type { AddressInfo } from 'node:net'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { Logger } from 'pino'
import { createApp } from './app.js'
import { schema } from './migrations/schema.js'
import { BullmqRelay } from './platform/bullmq-relay.js'
import { SystemClock, type Clock } from './platform/clock.js'
import type { Config } from './platform/config.js'
import type { Database } from './platform/database.js'
import { makeLogger } from './platform/logger.js'
import { openDatabase } from './platform/open-database.js'
import { Relay } from './platform/relay.js'
import { WechatClient } from './platform/wechat.js'
import { startWechatStandIn, type WechatStandIn } from './sandbox/wechat-stand-in.js'

// One running server: database, application, relay, and the stand-ins when the sandbox is on. It
// stops by finishing what it began: requests first, then the relay, then the database.

export interface RunningServer {
  app: NestFastifyApplication
  database: Database
  /** `http://host:port`, with the port really in use. */
  url: string
  /** The WeChat stand-in of the sandbox, or null. */
  wechat: WechatStandIn | null
  stop(): Promise<void>
}

/** Starts a server; `clock` and `logger` are the real ones unless a test gives its own. */
export async function runServer(
  config: Config,
  given: { clock?: Clock; logger?: Logger } = {},
): Promise<RunningServer> {
  const clock = given.clock ?? new SystemClock()
  const logger = given.logger ?? makeLogger(config.logLevel)
  const database = await openDatabase(config.databaseUrl, schema)
  await database.migrate()
  const standIn = config.wechat === null ? await startWechatStandIn({ clock }) : null
  const settings = config.wechat ?? standIn?.settings
  if (!settings) throw new Error('no WeChat settings and no sandbox')
  const wechat = new WechatClient(settings, clock)
  const app = await createApp({ config, database, clock, logger, wechat })
  const relay = app.get(Relay)
  const queue = config.redisUrl === null ? null : new BullmqRelay(config.redisUrl, relay, logger)
  relay.start(queue ?? undefined)
  await app.listen(config.port, config.host)
  const address = app.getHttpServer().address() as AddressInfo
  const url = `http://${config.host}:${String(address.port)}`
  logger.info({ url, database: database.dialect, sandbox: standIn !== null }, 'Huike is up')
  let stopping: Promise<void> | null = null
  const stop = async () => {
    await app.close()
    await queue?.close()
    await standIn?.close()
    await database.close()
    logger.info('Huike has stopped')
  }
  return { app, database, url, wechat: standIn, stop: () => (stopping ??= stop()) }
}
