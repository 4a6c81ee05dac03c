import type { MatchingChange } from '../members/matching-change.entity.js'
import type { MatchingKey } from '../members/matching-key.entity.js'
import type { MatchingRun } from '../members/matching-run.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** Who is who, with every change. */
export const changeTerms: TableTerms[] = [
  termsOf<MatchingKey>('matching_key', ['比对键', 'key that members are met by'], {
    memberId: ['会员', 'member', 'personal'],
    keyHash: ['键的密钥散列（48 位）', 'keyed hash of 48 bits', 'sealed'],
  }),
  termsOf<MatchingChange>('matching_change', ['待比对的变动', 'change to be compared'], {
    id: ['变动 id', 'id', 'none'],
    memberId: ['会员', 'member', 'personal'],
    attempts: ['已试次数', 'attempts', 'none'],
    nextAtMs: ['下次处理时间', 'looked at again', 'none'],
  }),
  termsOf<MatchingRun>('matching_run', ['全库查重', 'search over the whole base'], {
    id: ['查重 id', 'id', 'none'],
    runKey: ['只能有一次的键', 'key that is there once', 'none'],
    kind: ['种类', 'kind', 'none'],
    state: ['状态', 'state', 'none'],
    phase: ['阶段', 'phase', 'none'],
    doneRows: ['已处理数', 'done', 'none'],
    totalRows: ['总数', 'in all', 'none'],
    step: ['第几次取得处理权', 'holders of the lease so far', 'none'],
    nextAtMs: ['处理权到期', 'lease ends', 'none'],
    report: ['结果（JSON，只有数字）', 'what it came to (JSON)', 'none'],
    weights: ['学到的权重（JSON，值为密钥散列）', 'weights learned (JSON)', 'sealed'],
    startedBy: ['谁要求的', 'started by', 'none'],
    createdAtMs: ['建立时间', 'created at', 'none'],
    finishedAtMs: ['完成时间', 'finished at', 'none'],
  }),
]
