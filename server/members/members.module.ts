import { Module } from '@nestjs/common'
import { MemberSessionsService } from './member-sessions.service.js'
import { MembersService } from './members.service.js'
import { ProfilesService } from './profiles.service.js'
import { WechatIdentitiesService } from './wechat-identities.service.js'

const SERVICES = [MembersService, MemberSessionsService, ProfilesService, WechatIdentitiesService]

@Module({ providers: SERVICES, exports: SERVICES })
export class MembersModule {}
