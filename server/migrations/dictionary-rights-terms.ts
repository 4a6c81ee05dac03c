import type { DeletionRequest } from '../rights/deletion-request.entity.js'
import type { ErasedMember } from '../rights/erased-member.entity.js'
import type { MemberCopy } from '../rights/member-copy.entity.js'
import type { RetentionRule } from '../rights/retention-rule.entity.js'
import type { RetentionRun } from '../rights/retention-run.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** What a person may ask of the chain. */
export const rightsTerms: TableTerms[] = [
  termsOf<DeletionRequest>('deletion_request', ['注销申请', 'request to be erased'], {
    id: ['申请 id', 'id', 'none'],
    memberId: ['会员', 'member', 'personal'],
    state: ['状态：waiting 冷静期，cancelled 已撤销，erased 已注销', 'state', 'none'],
    how: ['方式：member_page 本人，console 店员代办', 'how it was asked', 'none'],
    pointsThen: ['申请时的积分', 'points when it was asked', 'personal'],
    requestedAtMs: ['申请时间', 'requested at', 'none'],
    dueAtMs: ['冷静期结束时间', 'end of the cooling-off days', 'none'],
    nextAtMs: ['下次处理时间', 'looked at again', 'none'],
    settledAtMs: ['撤销或注销时间', 'settled at', 'none'],
  }),
  termsOf<ErasedMember>('erased_member', ['已注销的会员 id', 'id of an erased member'], {
    memberId: ['已不代表任何人的 id', 'id that stands for nobody', 'personal'],
    requestId: ['注销申请', 'request', 'none'],
    erasedAtMs: ['注销时间', 'erased at', 'none'],
  }),
  termsOf<MemberCopy>('member_copy', ['个人信息副本链接', 'link to a copy of what is held'], {
    id: ['链接 id', 'id', 'none'],
    memberId: ['会员', 'member', 'personal'],
    sessionId: ['所属登录会话', 'session it belongs to', 'personal'],
    tokenSha256: ['链接密钥的哈希', 'hash of the key in the link', 'secret'],
    fetchedCount: ['下载次数', 'times fetched', 'none'],
    createdAtMs: ['生成时间', 'created at', 'none'],
    expiresAtMs: ['失效时间', 'expires at', 'none'],
  }),
  termsOf<RetentionRule>('retention_rule', ['保存期限', 'how long something is kept'], {
    name: ['规则名', 'name', 'none'],
    keptDays: ['保存天数', 'days kept', 'none'],
    nextAtMs: ['下次清理时间', 'looked at again', 'none'],
    changedAtMs: ['修改时间', 'changed at', 'none'],
    changedBy: ['修改人', 'changed by', 'none'],
  }),
  termsOf<RetentionRun>('retention_run', ['清理记录', 'run of a purge'], {
    id: ['记录 id', 'id', 'none'],
    rule: ['规则名', 'rule', 'none'],
    keptDays: ['当时的保存天数', 'days kept then', 'none'],
    deletedRows: ['删除行数', 'rows deleted', 'none'],
    startedAtMs: ['开始时间', 'started at', 'none'],
    finishedAtMs: ['完成时间', 'finished at', 'none'],
  }),
]
