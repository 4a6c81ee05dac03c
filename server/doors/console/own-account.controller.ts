import { Body, Controller, Get, Header, HttpCode, Param, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  factorBeginSchema,
  factorBegunSchema,
  factorConfirmSchema,
  factorProofSchema,
  ownAccountSchema,
  ownPasswordSchema,
  recoveryCodesSchema,
  type FactorBegun,
  type FactorProof,
  type OwnAccount,
  type OwnPassword,
  type RecoveryCodes,
} from '@huike/shared/contracts/console-access'
import { raise } from '../../platform/problems.js'
import { SecondFactorService } from '../../staff/second-factor.service.js'
import { StaffPasswordsService } from '../../staff/staff-passwords.service.js'
import { Answers } from '../answers.js'
import { CallingSession, OwnAccountGuard, type ActingSession } from '../staff-caller.js'
import { OwnAccountService } from './own-account.service.js'

const NO_CONTENT = 204

/** One's own account: password, second factor and sessions. Everybody who is signed in has it. */
@ApiTags('console')
@ApiBearerAuth()
@UseGuards(OwnAccountGuard)
@Controller('console/v1')
export class OwnAccountController {
  constructor(
    private readonly account: OwnAccountService,
    private readonly passwords: StaffPasswordsService,
    private readonly factors: SecondFactorService,
  ) {}

  @Get('me')
  @Answers(ownAccountSchema)
  @Header('cache-control', 'no-store')
  me(@CallingSession() session: ActingSession): Promise<OwnAccount> {
    return this.account.of(session)
  }

  @Post('me/password')
  @HttpCode(NO_CONTENT)
  async password(
    @CallingSession() { staff, sessionId }: ActingSession,
    @Body({ schema: ownPasswordSchema }) body: OwnPassword,
  ): Promise<void> {
    const changed = await this.passwords.change({ staffId: staff.id, sessionId }, body)
    if (!changed.ok) raise(changed)
  }

  /** Signs out. */
  @Post('session/end')
  @HttpCode(NO_CONTENT)
  async signOut(@CallingSession() { staff, sessionId }: ActingSession): Promise<void> {
    await this.account.endSession(staff, sessionId)
  }

  /** Signs out everywhere, here too. */
  @Post('me/sessions/end')
  @HttpCode(NO_CONTENT)
  endSessions(@CallingSession() { staff }: ActingSession): Promise<void> {
    return this.account.endSessions(staff)
  }

  @Post('me/sessions/:id/end')
  @HttpCode(NO_CONTENT)
  async endSession(
    @CallingSession() { staff }: ActingSession,
    @Param('id') id: string,
  ): Promise<void> {
    const ended = await this.account.endSession(staff, id)
    if (!ended.ok) raise(ended)
  }

  /** A fresh secret; it counts once a code of it is confirmed. */
  @Post('me/second-factor')
  @Answers(factorBegunSchema)
  @Header('cache-control', 'no-store')
  async begin(
    @CallingSession() { staff }: ActingSession,
    @Body({ schema: factorBeginSchema }) { password }: { password: string },
  ): Promise<FactorBegun> {
    const begun = await this.factors.begin(staff.id, password)
    if (!begun.ok) raise(begun)
    return { secret: begun.secret, uri: begun.uri }
  }

  @Post('me/second-factor/confirm')
  @Answers(recoveryCodesSchema)
  @Header('cache-control', 'no-store')
  async confirm(
    @CallingSession() { staff }: ActingSession,
    @Body({ schema: factorConfirmSchema }) { code }: { code: string },
  ): Promise<RecoveryCodes> {
    const confirmed = await this.factors.confirm(staff.id, code)
    if (!confirmed.ok) raise(confirmed)
    return { recoveryCodes: confirmed.recoveryCodes }
  }

  @Post('me/second-factor/remove')
  @HttpCode(NO_CONTENT)
  async remove(
    @CallingSession() { staff }: ActingSession,
    @Body({ schema: factorProofSchema }) body: FactorProof,
  ): Promise<void> {
    const removed = await this.factors.remove(staff.id, body)
    if (!removed.ok) raise(removed)
  }

  /** New recovery codes; the old ones are worth nothing any more. */
  @Post('me/recovery-codes')
  @Answers(recoveryCodesSchema)
  @Header('cache-control', 'no-store')
  async renewCodes(
    @CallingSession() { staff }: ActingSession,
    @Body({ schema: factorProofSchema }) body: FactorProof,
  ): Promise<RecoveryCodes> {
    const renewed = await this.factors.renewCodes(staff.id, body)
    if (!renewed.ok) raise(renewed)
    return { recoveryCodes: renewed.recoveryCodes }
  }
}
