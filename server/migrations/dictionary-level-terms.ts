import type { GrowthAccount } from '../levels/growth-account.entity.js'
import type { GrowthEntry } from '../levels/growth-entry.entity.js'
import type { LevelChange } from '../levels/level-change.entity.js'
import type { LevelSchemeRow } from '../levels/level-scheme.entity.js'
import type { ExpiryNotice } from '../messages/expiry-notice.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** Growth and levels. */
export const levelTerms: TableTerms[] = [
  termsOf<LevelSchemeRow>('level_scheme', ['等级方案', 'scheme of levels'], {
    version: ['版本', 'version', 'none'],
    effectiveFromMs: ['何时起生效', 'in force from', 'none'],
    terms: ['方案内容（JSON）', 'what it says (JSON)', 'none'],
    publishedAtMs: ['发布时间', 'published at', 'none'],
    publishedBy: ['谁发布的', 'published by', 'none'],
  }),
  termsOf<GrowthEntry>('growth_entry', ['成长值流水', 'entry of the growth book'], {
    id: ['流水 id', 'entry id', 'none'],
    memberId: ['会员', 'member', 'personal'],
    seq: ['会员内序号', "place among the member's entries", 'none'],
    purchaseId: ['哪笔消费', 'sale it is about', 'personal'],
    number: ['这笔消费的第几条', "place among the sale's entries", 'none'],
    growth: ['成长值，有正负', 'growth, signed', 'personal'],
    counted: ['是否占用当天的计次', "whether it is one of its day's counted", 'personal'],
    reason: [
      '原因：purchase 消费，refund 退款，unassigned 撤销，merge 合并，merge_undo 撤销合并',
      'reason',
      'none',
    ],
    schemeVersion: ['按第几版方案', 'version of the scheme', 'none'],
    explanation: ['算法说明', 'the arithmetic in words', 'personal'],
    businessDate: ['消费的营业日', 'business date of the sale', 'personal'],
    occurredAtMs: ['消费时间', 'when the sale was made', 'personal'],
    recordedAtMs: ['记录时间', 'recorded at', 'none'],
    previousHash: ['上一条的链哈希', 'hash before it', 'none'],
    hash: ['链哈希', 'hash of it', 'none'],
  }),
  termsOf<GrowthAccount>('growth_account', ['成长值账户', 'growth account'], {
    memberId: ['会员', 'member', 'personal'],
    periodGrowth: ['周期内的成长值', 'growth of the period', 'personal'],
    periodFromMs: ['从何时起计', 'counted from', 'none'],
    levelCode: ['等级代码', 'level code', 'personal'],
    levelSinceMs: ['何时达到', 'since', 'personal'],
    levelUntilMs: ['有效期至', 'valid until', 'personal'],
    neededGrowth: ['达到时所需的成长值', 'growth it was reached with', 'personal'],
    reachedFromMs: ['达到时从何时起计', 'from when growth counted then', 'none'],
    noticedUntilMs: ['已提醒的到期时间', 'end the member was told of', 'none'],
    nextAtMs: ['下次核算时间', 'looked at again at', 'none'],
    schemeVersion: ['最近按第几版方案核算', 'scheme it was looked at by', 'none'],
    headSeq: ['最后一条的序号', 'number of the last entry', 'none'],
    headHash: ['最后一条的链哈希', 'hash of the last entry', 'none'],
  }),
  termsOf<LevelChange>('level_change', ['等级变动', 'change of level'], {
    id: ['变动 id', 'change id', 'none'],
    memberId: ['会员', 'member', 'personal'],
    fromCode: ['原等级', 'level before', 'personal'],
    toCode: ['新等级', 'level after', 'personal'],
    reason: [
      '原因：up 升级，kept 保级，down 降级，taken_back 退款后收回，merge 合并，merge_undo 撤销合并',
      'reason',
      'none',
    ],
    explanation: ['原因说明', 'why, in words', 'personal'],
    schemeVersion: ['按第几版方案', 'version of the scheme', 'none'],
    growth: ['当时的成长值', 'growth it was decided by', 'personal'],
    fromUntilMs: ['原等级的有效期', 'end of the level before', 'none'],
    untilMs: ['新等级的有效期', 'end of the level after', 'none'],
    mergeId: ['因哪次合并', 'merge it came from', 'none'],
    atMs: ['变动时间', 'changed at', 'personal'],
  }),
  termsOf<ExpiryNotice>('expiry_notice', ['积分到期提醒', 'notice of points that expire'], {
    memberId: ['会员', 'member', 'personal'],
    expiresAtMs: ['提醒的到期时间', 'end they were told of', 'none'],
    messageId: ['消息', 'message', 'none'],
    createdAtMs: ['提醒时间', 'told at', 'none'],
  }),
]
