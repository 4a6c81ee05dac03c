import { Module } from '@nestjs/common'
import { ParkedEventsService } from './parked-events.service.js'
import { TerminalInboxService } from './terminal-inbox.service.js'
import { TerminalSourcesService } from './terminal-sources.service.js'
import { TerminalsService } from './terminals.service.js'

const services = [
  TerminalsService,
  TerminalSourcesService,
  TerminalInboxService,
  ParkedEventsService,
]

@Module({ providers: services, exports: services })
export class StoresModule {}
