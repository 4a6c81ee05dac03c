import { Module } from '@nestjs/common'
import { ConsentService } from './consent.service.js'
import { MergedConsentsService } from './merged-consents.service.js'

const SERVICES = [ConsentService, MergedConsentsService]

@Module({ providers: SERVICES, exports: SERVICES })
export class ConsentModule {}
