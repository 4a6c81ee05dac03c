import type { AddressInfo } from 'node:net'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { Logger } from 'pino'
import { createApp } from './app.js'
import { CampaignRunnerService } from './campaigns/campaign-runner.service.js'
import { RunImportsService } from './flows/run-imports.service.js'
import { WebhookSenderService } from './integrations/webhook-sender.service.js'
import { MergeFoundPairsService } from './flows/merge-found-pairs.service.js'
import { BirthdayCouponsService } from './flows/birthday-coupons.service.js'
import { ExpiryNoticesService } from './flows/expiry-notices.service.js'
import { LevelReviewService } from './levels/level-review.service.js'
import { RetentionWorkerService } from './flows/retention-worker.service.js'
import { ErasureWorkerService } from './flows/erasure-worker.service.js'
import { MatchingWorkerService } from './members/matching-worker.service.js'
import { HandOverMembersService } from './flows/hand-over-members.service.js'
import { MembersService } from './members/members.service.js'
import { MessageSenderService } from './messages/message-sender.service.js'
import { schema } from './migrations/schema.js'
import type { BullmqRelay } from './platform/bullmq-relay.js'
import { SystemClock, type Clock } from './platform/clock.js'
import type { Config } from './platform/config.js'
import type { Database } from './platform/database.js'
import { KeyWatch } from './platform/key-watch.js'
import { makeLogger } from './platform/logger.js'
import { CouponReservationsService } from './coupons/coupon-reservations.service.js'
import { CouponsService } from './coupons/coupons.service.js'
import { ExchangeEndingsService } from './mall/exchange-endings.service.js'
import { PacksWorkerService } from './packs/packs-worker.service.js'
import { PointsCheckpointsService } from './points/points-checkpoints.service.js'
import { ReferralsWorkerService } from './referrals/referrals-worker.service.js'
import { PointsExpiryService } from './points/points-expiry.service.js'
import { PointsHoldsService } from './points/points-holds.service.js'
import { openDatabase } from './platform/open-database.js'
import { Relay } from './platform/relay.js'
import { agreeOnKeys } from './platform/sealing-keys.js'
import { WechatClient } from './platform/wechat.js'
import { WechatPay } from './platform/wechat-pay.js'
import { QualityWorkerService } from './quality/quality-worker.service.js'
import { ExportWorkerService } from './reports/export-worker.service.js'
import { PointsJobsWorkerService } from './reports/points-jobs-worker.service.js'
import { startSmsStandIn, type SmsStandIn } from './sandbox/sms-stand-in.js'
import {
  sandboxPayKeys,
  startWechatPayStandIn,
  type WechatPayStandIn,
} from './sandbox/wechat-pay-stand-in.js'
import { startWechatStandIn, type WechatStandIn } from './sandbox/wechat-stand-in.js'

// One running server: database, application, relay, and the stand-ins when the sandbox is on. It
// stops by finishing what it began: the relay's round first, then the requests, then the database.

const IDLE_SWEEP_MS = 20

export interface RunningServer {
  app: NestFastifyApplication
  database: Database
  /** `http://host:port`, with the port really in use. */
  url: string
  /** The WeChat stand-in of the sandbox, or null. */
  wechat: WechatStandIn | null
  /** The SMS stand-in of the sandbox, or null. */
  sms: SmsStandIn | null
  /** The WeChat Pay stand-in of the sandbox, or null. */
  pay: WechatPayStandIn | null
  stop(): Promise<void>
}

/** Closes the application; connections that finish their request meanwhile are not kept alive. */
async function closeWhenAnswered(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpServer()
  const sweep = setInterval(() => {
    server.closeIdleConnections()
  }, IDLE_SWEEP_MS)
  try {
    await app.close()
  } finally {
    clearInterval(sweep)
  }
}

/** Opens and migrates the database; closes it again when the keyring is another one's. */
async function openOwnDatabase(config: Config, clock: Clock): Promise<Database> {
  const database = await openDatabase(config.databaseUrl, schema)
  try {
    await database.migrate()
    await agreeOnKeys(database, config.keyring, clock.nowMs())
    await database.read((rx) => new MembersService(config).checkKeyring(rx))
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Loaded where there is a Redis alone: it is a tenth of what a start reads. */
async function queueOf(redisUrl: string, relay: Relay, logger: Logger): Promise<BullmqRelay> {
  const { BullmqRelay: Queue } = await import('./platform/bullmq-relay.js')
  return new Queue(redisUrl, relay, logger)
}

/** Whatever looks for work by itself, and is stopped with the application. */
function startWorkers(app: NestFastifyApplication): void {
  app.get(ExportWorkerService, { strict: false }).start()
  app.get(QualityWorkerService, { strict: false }).start()
  app.get(RunImportsService, { strict: false }).start()
  app.get(MatchingWorkerService, { strict: false }).start()
  app.get(ErasureWorkerService, { strict: false }).start()
  app.get(RetentionWorkerService, { strict: false }).start()
  app.get(MergeFoundPairsService, { strict: false }).start()
  app.get(HandOverMembersService, { strict: false }).start()
  app.get(PointsExpiryService, { strict: false }).start()
  app.get(ReferralsWorkerService, { strict: false }).start()
  app.get(PointsHoldsService, { strict: false }).start()
  app.get(PacksWorkerService, { strict: false }).start()
  app.get(ExchangeEndingsService, { strict: false }).start()
  app.get(CouponsService, { strict: false }).start()
  app.get(CouponReservationsService, { strict: false }).start()
  app.get(PointsCheckpointsService, { strict: false }).start()
  app.get(PointsJobsWorkerService, { strict: false }).start()
  app.get(LevelReviewService, { strict: false }).start()
  app.get(BirthdayCouponsService, { strict: false }).start()
  app.get(ExpiryNoticesService, { strict: false }).start()
}

/** Starts a server; `clock` and `logger` are the real ones unless a test gives its own. */
export async function runServer(
  config: Config,
  given: { clock?: Clock; logger?: Logger } = {},
): Promise<RunningServer> {
  const clock = given.clock ?? new SystemClock()
  const logger = given.logger ?? makeLogger(config.logLevel)
  // Made while the database is opened: keys take their time.
  const payKeys = config.sandbox && config.pay === null ? sandboxPayKeys() : null
  const database = await openOwnDatabase(config, clock)
  const standIn = config.wechat === null ? await startWechatStandIn({ clock }) : null
  const settings = config.wechat ?? standIn?.settings
  if (!settings) throw new Error('no WeChat settings and no sandbox')
  const wechat = new WechatClient(settings, clock)
  // The stand-ins take the place of what the settings leave out.
  const sms = config.sandbox && config.sms === null ? await startSmsStandIn({ clock }) : null
  const payStandIn =
    payKeys === null
      ? null
      : await startWechatPayStandIn({ clock, appId: settings.appId, keys: await payKeys })
  const paySettings = config.pay ?? payStandIn?.settings ?? null
  const pay = paySettings && new WechatPay(paySettings, clock)
  const whole = {
    ...config,
    subscribe: standIn?.subscribe ?? config.subscribe,
    sms: config.sms ?? sms?.settings ?? null,
  }
  const app = await createApp({ config: whole, database, clock, logger, wechat, pay })
  await app.get(KeyWatch).start()
  const relay = app.get(Relay)
  const queue = config.redisUrl === null ? null : await queueOf(config.redisUrl, relay, logger)
  relay.start(queue ?? undefined)
  app.get(WebhookSenderService, { strict: false }).start()
  const campaigns = app.get(CampaignRunnerService, { strict: false })
  const sender = app.get(MessageSenderService, { strict: false })
  sender.start()
  campaigns.start()
  startWorkers(app)
  await app.listen(config.port, config.host)
  const address = app.getHttpServer().address() as AddressInfo
  const url = `http://${config.host}:${String(address.port)}`
  payStandIn?.tellAt(url)
  logger.info({ url, database: database.dialect, sandbox: standIn !== null }, 'Huike is up')
  let stopping: Promise<void> | null = null
  const stop = async () => {
    await relay.stop()
    await queue?.close()
    await campaigns.stop()
    await sender.stop()
    await closeWhenAnswered(app)
    await standIn?.close()
    await sms?.close()
    await payStandIn?.close()
    await database.close()
    logger.info('Huike has stopped')
  }
  return {
    app,
    database,
    url,
    wechat: standIn,
    sms,
    pay: payStandIn,
    stop: () => (stopping ??= stop()),
  }
}
