import { Module } from '@nestjs/common'
import { MembersModule } from '../members/members.module.js'
import { CopiesService } from './copies.service.js'
import { RetentionService } from './retention.service.js'
import { DeletionsService } from './deletions.service.js'

const services = [DeletionsService, CopiesService, RetentionService]

@Module({ imports: [MembersModule], providers: services, exports: services })
export class RightsModule {}
