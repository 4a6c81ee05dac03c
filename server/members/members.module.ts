import { Module } from '@nestjs/common'
import { MemberSessionsService } from './member-sessions.service.js'
import { MembersService } from './members.service.js'

@Module({
  providers: [MembersService, MemberSessionsService],
  exports: [MembersService, MemberSessionsService],
})
export class MembersModule {}
