import { Module } from '@nestjs/common'
import { ChangedMembersService } from './changed-members.service.js'
import { DuplicatePairsService } from './duplicate-pairs.service.js'
import { DuplicatesService } from './duplicates.service.js'
import { MaskedIdentitiesService } from './masked-identities.service.js'
import { MatchingRunsService } from './matching-runs.service.js'
import { MatchingWorkerService } from './matching-worker.service.js'
import { StaffModule } from '../staff/staff.module.js'
import { MemberOwnersService } from './member-owners.service.js'
import { MemberSessionsService } from './member-sessions.service.js'
import { MembersService } from './members.service.js'
import { MergeJournalService } from './merge-journal.service.js'
import { MergePairsService } from './merge-pairs.service.js'
import { MergeProfilesService } from './merge-profiles.service.js'
import { MergeRecordsService } from './merge-records.service.js'
import { NameComparisonService } from './name-comparison.service.js'
import { NamedMembersService } from './named-members.service.js'
import { PersonRecordsService } from './person-records.service.js'
import { PersonService } from './person.service.js'
import { BirthdaysService } from './birthdays.service.js'
import { ProfilesService } from './profiles.service.js'
import { ProvenIdentitiesService } from './proven-identities.service.js'
import { WechatIdentitiesService } from './wechat-identities.service.js'

const SERVICES = [
  ChangedMembersService,
  DuplicatePairsService,
  DuplicatesService,
  MaskedIdentitiesService,
  MatchingRunsService,
  MatchingWorkerService,
  MembersService,
  MemberOwnersService,
  MemberSessionsService,
  MergeJournalService,
  MergePairsService,
  MergeProfilesService,
  MergeRecordsService,
  NameComparisonService,
  NamedMembersService,
  PersonRecordsService,
  PersonService,
  BirthdaysService,
  ProfilesService,
  ProvenIdentitiesService,
  WechatIdentitiesService,
]

@Module({ imports: [StaffModule], providers: SERVICES, exports: SERVICES })
export class MembersModule {}
