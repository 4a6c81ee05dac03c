import { Body, Controller, Delete, Get, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  deletionAskSchema,
  deletionSchema,
  type Deletion,
  type DeletionAsk,
} from '@huike/shared/contracts/rights'
import type { AccessClaims } from '../../platform/auth.js'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { Caller, CallingMember, MemberGuard } from '../caller.js'
import { RightsService } from './rights.service.js'

/** What a shopper may ask of the chain: to be forgotten. */
@ApiTags('member')
@ApiBearerAuth()
@UseGuards(MemberGuard)
@Controller('member/v1')
export class RightsController {
  constructor(private readonly rights: RightsService) {}

  /** What deleting would take away, and whether it is asked for already. */
  @Get('deletion')
  @Answers(deletionSchema)
  deletion(@CallingMember() memberId: string): Promise<Deletion> {
    return this.rights.deletion(memberId)
  }

  @Post('deletion')
  @Answers(deletionSchema)
  async askDeletion(
    @CallingMember() memberId: string,
    @Caller() claims: AccessClaims,
    @Body({ schema: deletionAskSchema }) body: DeletionAsk,
  ): Promise<Deletion> {
    const asked = await this.rights.askDeletion({ memberId, sessionId: claims.sub }, body)
    return asked.ok ? asked.deletion : raise(asked)
  }

  /** Takes it back: one tap. */
  @Delete('deletion')
  @Answers(deletionSchema)
  async takeDeletionBack(@CallingMember() memberId: string): Promise<Deletion> {
    const taken = await this.rights.takeDeletionBack(memberId)
    return taken.ok ? taken.deletion : raise(taken)
  }
}
