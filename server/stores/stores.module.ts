import { Module } from '@nestjs/common'
import { ChainSettingsService } from './chain-settings.service.js'
import { ParkedEventsService } from './parked-events.service.js'
import { StoresService } from './stores.service.js'
import { TerminalInboxService } from './terminal-inbox.service.js'
import { TerminalSourcesService } from './terminal-sources.service.js'
import { TerminalsService } from './terminals.service.js'

const services = [
  StoresService,
  TerminalsService,
  TerminalSourcesService,
  TerminalInboxService,
  ParkedEventsService,
  ChainSettingsService,
]

@Module({ providers: services, exports: services })
export class StoresModule {}
