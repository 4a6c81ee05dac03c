import { Body, Controller, Get, Header, Param, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger'
import {
  sampleAskSchema,
  sampleFileSchema,
  sampleSchema,
  samplesSchema,
  verdictAskSchema,
  type Sample,
  type SampleAsk,
  type SampleFile,
  type SampleVerdict,
} from '@huike/shared/contracts/console-quality'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { SamplesPagesService } from './samples-pages.service.js'

/** Samples that people verify. The people in them are for who may manage; what came of it is not. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1/quality/samples')
export class SamplesController {
  constructor(private readonly pages: SamplesPagesService) {}

  @Get()
  @Answers(samplesSchema)
  @UseGuards(StaffGuard('quality.view'))
  async list(): Promise<{ samples: Sample[] }> {
    return { samples: await this.pages.list() }
  }

  /** Draws a sample, in the background. */
  @Post()
  @Answers(sampleSchema)
  @UseGuards(StaffGuard('quality.manage'))
  async ask(
    @CallingStaff() by: ActingStaff,
    @Body({ schema: sampleAskSchema }) ask: SampleAsk,
  ): Promise<Sample> {
    const asked = await this.pages.ask(by, ask)
    return asked.ok ? asked.sample : raise(asked)
  }

  @Get(':id')
  @Answers(sampleFileSchema)
  @UseGuards(StaffGuard('quality.manage'))
  @Header('cache-control', 'no-store')
  async file(@Param('id') id: string): Promise<SampleFile> {
    const found = await this.pages.file(id)
    return found.ok ? found.file : raise(found)
  }

  @Post(':id/items/:itemNo')
  @Answers(sampleSchema)
  @UseGuards(StaffGuard('quality.manage'))
  async judge(
    @CallingStaff() by: ActingStaff,
    @Param('id') id: string,
    @Param('itemNo') itemNo: string,
    @Body({ schema: verdictAskSchema }) { verdict }: { verdict: SampleVerdict },
  ): Promise<Sample> {
    const judged = await this.pages.judge(by, { id, itemNo }, verdict)
    return judged.ok ? judged.sample : raise(judged)
  }
}
