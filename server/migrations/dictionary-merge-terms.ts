import type { MemberMergeStep } from '../members/member-merge-step.entity.js'
import type { MemberMerge } from '../members/member-merge.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** The journal of merges. */
export const mergeTerms: TableTerms[] = [
  termsOf<MemberMerge>('member_merge', ['会员合并', 'a merge of two records'], {
    id: ['合并 id', 'merge id', 'none'],
    survivorId: ['保留的会员', 'the record that stays', 'personal'],
    absorbedId: ['并入的会员', 'the record that was absorbed', 'personal'],
    state: ['状态：done 已合并，undone 已撤销', 'state', 'none'],
    how: ['由来：chosen 人工选定，pair 疑似重复，rule 规则，sign_in 登录', 'how', 'none'],
    pairId: ['疑似重复记录', 'the pair that led to it', 'none'],
    survivorState: ['保留的会员此前的状态', 'state of the survivor before', 'none'],
    absorbedState: ['并入的会员此前的状态', 'state of the absorbed before', 'none'],
    survivorStoreId: ['保留的会员此前的登记门店', 'store of the survivor before', 'none'],
    moveHistory: ['1：此前的消费一并转移', '1: earlier purchases moved too', 'none'],
    movedPoints: ['转移的积分，带符号', 'points moved, signed', 'personal'],
    purchasePoints: ['合并时其自身消费所得积分', 'points of its own purchases then', 'personal'],
    changes: ['改动了什么（JSON，只有数目）', 'what it changed, in numbers', 'personal'],
    mergedAtMs: ['合并时间', 'merged at', 'none'],
    mergedBy: ['合并人，空为系统', 'who merged; none: a rule', 'none'],
    changedAtMs: ['合并或撤销的时间', 'merged or undone at', 'none'],
    undoneAtMs: ['撤销时间', 'undone at', 'none'],
    undoneBy: ['撤销人', 'who undid it', 'none'],
    undoChanges: ['撤销改动了什么（JSON，只有数目）', 'what undoing changed', 'personal'],
    idempotencyKey: ['幂等键的哈希', 'hash of the idempotency key', 'none'],
    inputSha256: ['请求内容的哈希', 'hash of the input', 'none'],
  }),
  termsOf<MemberMergeStep>('member_merge_step', ['合并的一步', 'a step of a merge'], {
    id: ['步骤 id', 'step id', 'none'],
    mergeId: ['合并', 'merge', 'none'],
    phase: ['阶段：merge 合并，undo 撤销', 'phase', 'none'],
    kind: ['种类：identity、alias、purchase、message、session、store、profile', 'kind', 'none'],
    subjectId: ['对象 id；资料为字段名', 'the row, or the field', 'personal'],
    fromMemberId: ['原属会员', 'from member', 'personal'],
    toMemberId: ['改属会员', 'to member', 'personal'],
    valueSealed: ['未被采用的资料（加密）', 'a losing value, sealed', 'sealed'],
    detail: ['资料由谁告知、保留了哪个', 'who told a field, and which one stayed', 'none'],
  }),
]
