import { Module } from '@nestjs/common'
import { TerminalInboxService } from './terminal-inbox.service.js'
import { TerminalsService } from './terminals.service.js'

@Module({
  providers: [TerminalsService, TerminalInboxService],
  exports: [TerminalsService, TerminalInboxService],
})
export class StoresModule {}
