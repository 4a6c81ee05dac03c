import { Body, Controller, Get, Header, Param, Post, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiHeader, ApiTags } from '@nestjs/swagger'
import {
  identityScanSchema,
  identityScansSchema,
  mergeAskSchema,
  mergeFileSchema,
  mergePageSchema,
  mergePreviewSchema,
  mergeQuerySchema,
  mergeSchema,
  pairDecidedSchema,
  pairDecisionSchema,
  pairPageSchema,
  pairQuerySchema,
  pairSchema,
  undoPreviewSchema,
  type IdentityScan,
  type IdentityScans,
  type Merge,
  type MergeAsk,
  type MergeFile,
  type MergePage,
  type MergePreview,
  type MergeQuery,
  type Pair,
  type PairDecided,
  type PairDecision,
  type PairPage,
  type PairQuery,
  type UndoPreview,
} from '@huike/shared/contracts/console-identity'
import { raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { IdempotencyKey } from '../open/api-key.guard.js'
import { CallingStaff, StaffGuard, type ActingStaff } from '../staff-caller.js'
import { MergesPagesService } from './merges-pages.service.js'
import { PairsPagesService } from './pairs-pages.service.js'
import { ScansPagesService } from './scans-pages.service.js'

/** Who is who: pairs to decide, merging two chosen members, and taking a merge back. */
@ApiTags('console')
@ApiBearerAuth()
@Controller('console/v1')
export class IdentityController {
  constructor(
    private readonly pairs: PairsPagesService,
    private readonly merges: MergesPagesService,
    private readonly scans: ScansPagesService,
  ) {}

  @Get('identity/pairs')
  @Answers(pairPageSchema)
  @UseGuards(StaffGuard('identity.view'))
  @Header('cache-control', 'no-store')
  pairPage(@Query({ schema: pairQuerySchema }) query: PairQuery): Promise<PairPage> {
    return this.pairs.page(query)
  }

  @Get('identity/pairs/:id')
  @Answers(pairSchema)
  @UseGuards(StaffGuard('identity.view'))
  @Header('cache-control', 'no-store')
  async pair(@Param('id') id: string): Promise<Pair> {
    const found = await this.pairs.one(id)
    return found.ok ? found.pair : raise(found)
  }

  /** Merges the two, or notes that they are not one person; deciding again changes nothing. */
  @Post('identity/pairs/:id/decide')
  @Answers(pairDecidedSchema)
  @UseGuards(StaffGuard('identity.merge'))
  async decide(
    @CallingStaff() staff: ActingStaff,
    @Param('id') id: string,
    @Body({ schema: pairDecisionSchema }) decision: PairDecision,
  ): Promise<PairDecided> {
    const decided = await this.pairs.decide(staff, id, decision)
    return decided.ok ? { merge: decided.merge } : raise(decided)
  }

  /** Takes back that the two are not one person; asking again changes nothing. */
  @Post('identity/pairs/:id/reopen')
  @Answers(pairSchema)
  @UseGuards(StaffGuard('identity.merge'))
  async reopen(@CallingStaff() staff: ActingStaff, @Param('id') id: string): Promise<Pair> {
    const reopened = await this.pairs.reopen(staff, id)
    return reopened.ok ? reopened.pair : raise(reopened)
  }

  /** How far the search over the whole base is, and what the last one came to. */
  @Get('identity/scans')
  @Answers(identityScansSchema)
  @UseGuards(StaffGuard('identity.view'))
  @Header('cache-control', 'no-store')
  scansPage(): Promise<IdentityScans> {
    return this.scans.page()
  }

  /** Searches the whole base in the background; answers the search under way where there is one. */
  @Post('identity/scans')
  @Answers(identityScanSchema)
  @UseGuards(StaffGuard('identity.merge'))
  scan(@CallingStaff() staff: ActingStaff): Promise<IdentityScan> {
    return this.scans.ask(staff)
  }

  /** What merging would change, exactly; nothing is changed. */
  @Post('merges/preview')
  @Answers(mergePreviewSchema)
  @UseGuards(StaffGuard('identity.view'))
  async preview(
    @CallingStaff() staff: ActingStaff,
    @Body({ schema: mergeAskSchema }) ask: MergeAsk,
  ): Promise<MergePreview> {
    const previewed = await this.merges.preview(staff, ask)
    return previewed.ok ? { changes: previewed.changes } : raise(previewed)
  }

  /** Merges two members, once for each key. */
  @Post('merges')
  @ApiHeader({ name: 'Idempotency-Key', required: true, description: '1 to 64 characters' })
  @Answers(mergeSchema)
  @UseGuards(StaffGuard('identity.merge'))
  async merge(
    @CallingStaff() staff: ActingStaff,
    @IdempotencyKey() key: string,
    @Body({ schema: mergeAskSchema }) ask: MergeAsk,
  ): Promise<Merge> {
    const merged = await this.merges.merge(staff, ask, { key })
    return merged.ok ? merged.merge : raise(merged)
  }

  @Get('merges')
  @Answers(mergePageSchema)
  @UseGuards(StaffGuard('identity.view'))
  @Header('cache-control', 'no-store')
  mergePage(@Query({ schema: mergeQuerySchema }) query: MergeQuery): Promise<MergePage> {
    return this.merges.page(query)
  }

  @Get('merges/:id')
  @Answers(mergeFileSchema)
  @UseGuards(StaffGuard('identity.view'))
  @Header('cache-control', 'no-store')
  async mergeFile(@Param('id') id: string): Promise<MergeFile> {
    const found = await this.merges.file(id)
    return found.ok ? found.file : raise(found)
  }

  /** What undoing would change, exactly; nothing is changed. */
  @Post('merges/:id/undo/preview')
  @Answers(undoPreviewSchema)
  @UseGuards(StaffGuard('identity.view'))
  async previewUndo(
    @CallingStaff() staff: ActingStaff,
    @Param('id') id: string,
  ): Promise<UndoPreview> {
    const previewed = await this.merges.previewUndo(staff, id)
    return previewed.ok ? { changes: previewed.changes } : raise(previewed)
  }

  @Post('merges/:id/undo')
  @Answers(mergeSchema)
  @UseGuards(StaffGuard('identity.merge'))
  async undo(@CallingStaff() staff: ActingStaff, @Param('id') id: string): Promise<Merge> {
    const undone = await this.merges.undo(staff, id)
    return undone.ok ? undone.merge : raise(undone)
  }
}
