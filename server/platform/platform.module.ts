import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common'
import { TypeOrmModule } from '@nestjs/typeorm'
import type { Logger } from 'pino'
import { AuthService } from './auth.js'
import { Clock } from './clock.js'
import { CONFIG, type Config } from './config.js'
import { Database } from './database.js'
import { EventLogService } from './event-log.js'
import { KeyWatch } from './key-watch.js'
import { Metrics } from './metrics.js'
import { Relay } from './relay.js'
import { LOGGER, PAY, WECHAT, type WechatPort } from './tokens.js'
import type { WechatPay } from './wechat-pay.js'

/** What the platform is given from outside: everything that differs between runs. */
export interface PlatformParts {
  config: Config
  database: Database
  clock: Clock
  logger: Logger
  wechat: WechatPort
  /** Null: nothing is sold. */
  pay: WechatPay | null
}

/** Configuration, database, clock, log, tokens and events, for every module. */
@Global()
@Module({})
export class PlatformModule {
  static with(parts: PlatformParts): DynamicModule {
    const values: Provider[] = [
      { provide: CONFIG, useValue: parts.config },
      { provide: Database, useValue: parts.database },
      { provide: Clock, useValue: parts.clock },
      { provide: LOGGER, useValue: parts.logger },
      { provide: WECHAT, useValue: parts.wechat },
      { provide: PAY, useValue: parts.pay },
    ]
    const services = [AuthService, EventLogService, KeyWatch, Metrics, Relay]
    return {
      module: PlatformModule,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: () => ({ manualInitialization: true }),
          dataSourceFactory: () => Promise.resolve(parts.database.dataSource),
        }),
      ],
      providers: [...values, ...services],
      exports: [CONFIG, Database, Clock, LOGGER, WECHAT, PAY, ...services],
    }
  }
}
