import type { DuplicatePair } from '../members/duplicate-pair.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** Who is who. */
export const matchingTerms: TableTerms[] = [
  termsOf<DuplicatePair>('duplicate_pair', ['疑似重复', 'two members that may be one'], {
    id: ['记录 id', 'id', 'none'],
    memberAId: ['会员甲（id 较小）', 'member A, the smaller id', 'personal'],
    memberBId: ['会员乙', 'member B', 'personal'],
    score: ['把握，千分之一比特', 'score, thousandths of a bit', 'personal'],
    verdict: ['建议：merge 合并，review 人工确认', 'verdict', 'personal'],
    reasons: ['理由（JSON，字段 → 说明，不含内容）', 'why, per field, no values', 'personal'],
    state: ['状态：open 待定，merged 已合并，rejected 不是同一人', 'state', 'none'],
    foundAtMs: ['发现时间', 'found at', 'none'],
    decidedAtMs: ['决定时间', 'decided at', 'none'],
    decidedBy: ['决定人', 'decided by', 'none'],
  }),
]
