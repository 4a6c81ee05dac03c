import { Readable } from 'node:stream'
import {
  Controller,
  Get,
  Header,
  HttpCode,
  Param,
  Post,
  StreamableFile,
  UseGuards,
} from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import { copySchema, type Copy } from '@huike/shared/contracts/rights'
import type { AccessClaims } from '../../platform/auth.js'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { Caller, CallingMember, MemberGuard } from '../caller.js'
import { RightsService } from './rights.service.js'

/**
 * A copy of what is held, to take away. A mini-program cannot save a file, so the copy is behind a
 * link that any browser opens: whoever holds it needs no token, for minutes, while the session stands.
 */
@ApiTags('member')
@Controller('member/v1/copies')
export class CopiesController {
  constructor(private readonly rights: RightsService) {}

  @Post()
  @Answers(copySchema)
  @UseGuards(MemberGuard)
  @ApiBearerAuth()
  async ask(@CallingMember() memberId: string, @Caller() claims: AccessClaims): Promise<Copy> {
    const asked = await this.rights.askCopy({ memberId, sessionId: claims.sub })
    return asked.ok ? asked.copy : raise(asked)
  }

  @Get(':token/data.json')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Header('referrer-policy', 'no-referrer')
  async data(@Param('token') token: string): Promise<StreamableFile> {
    const opened = await this.rights.openCopy(token, 'json')
    if (!opened.ok) raise(opened)
    return new StreamableFile(Readable.from(opened.text), {
      type: 'application/json; charset=utf-8',
      disposition: 'attachment; filename="my-data.json"',
    })
  }

  @Get(':token/page.html')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Header('referrer-policy', 'no-referrer')
  async page(@Param('token') token: string): Promise<StreamableFile> {
    const opened = await this.rights.openCopy(token, 'page')
    if (!opened.ok) raise(opened)
    return new StreamableFile(Readable.from(opened.text), { type: 'text/html; charset=utf-8' })
  }
}
