import type { SignInAttempt } from '../staff/sign-in-attempt.entity.js'
import type { StaffAuditHead } from '../staff/staff-audit-head.entity.js'
import type { StaffAudit } from '../staff/staff-audit.entity.js'
import type { StaffRecoveryCode } from '../staff/staff-recovery-code.entity.js'
import type { StaffSession } from '../staff/staff-session.entity.js'
import type { StaffTotp } from '../staff/staff-totp.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** How staff sign in, and what they did. */
export const accessTerms: TableTerms[] = [
  termsOf<StaffSession>('staff_session', ['员工登录会话', 'session of a staff member'], {
    id: ['会话 id', 'id', 'none'],
    staffId: ['员工', 'staff member', 'personal'],
    device: ['设备（浏览器自报）', 'device, as its browser says', 'none'],
    addressMasked: ['登录地址，打码', 'address, masked', 'none'],
    createdAtMs: ['登录时间', 'signed in at', 'personal'],
    lastSeenAtMs: ['最近使用时间', 'last seen at', 'personal'],
    expiresAtMs: ['失效时间', 'expires at', 'none'],
    revokedAtMs: ['退出或作废时间', 'ended at', 'none'],
  }),
  termsOf<SignInAttempt>('sign_in_attempt', ['登录失败计数', 'failed sign-ins'], {
    keyIndex: ['账号或地址的盲索引', 'blind index of an account or address', 'sealed'],
    failures: ['连续失败次数', 'failures in a row', 'none'],
    lastAtMs: ['最近一次', 'last at', 'none'],
    lockedUntilMs: ['锁定到', 'locked until', 'none'],
  }),
  termsOf<StaffTotp>('staff_totp', ['动态口令', 'second factor'], {
    staffId: ['员工', 'staff member', 'personal'],
    secretSealed: ['密钥，加密', 'secret, sealed', 'secret'],
    lastStep: ['最近用过的时间步', 'last time step used', 'none'],
    createdAtMs: ['建立时间', 'created at', 'none'],
    confirmedAtMs: ['启用时间；未验证为空', 'confirmed at', 'none'],
  }),
  termsOf<StaffRecoveryCode>('staff_recovery_code', ['恢复码', 'recovery code'], {
    staffId: ['员工', 'staff member', 'personal'],
    codeIndex: ['恢复码的盲索引', 'keyed hash of the code', 'secret'],
    createdAtMs: ['生成时间', 'created at', 'none'],
    usedAtMs: ['使用时间', 'used at', 'none'],
  }),
  termsOf<StaffAudit>('staff_audit', ['员工操作记录', 'audit of staff'], {
    id: ['记录 id', 'id', 'none'],
    staffId: ['谁', 'staff member', 'none'],
    action: ['做了什么', 'action', 'none'],
    subjectId: ['对谁（会员、员工或活动 id）', 'subject', 'personal'],
    detail: ['理由或细节', 'why, or what exactly', 'none'],
    atMs: ['时间', 'at', 'none'],
    addressMasked: ['从哪里，打码', 'from where, masked', 'none'],
    lane: ['属于哪条链', 'chain it belongs to', 'none'],
    seq: ['链上第几条', 'number within the chain', 'none'],
    hash: ['本条的链哈希（HMAC）', 'keyed hash', 'none'],
  }),
  termsOf<StaffAuditHead>('staff_audit_head', ['操作记录链头', 'head of an audit chain'], {
    lane: ['链', 'chain', 'none'],
    begunAtMs: ['开始时间', 'begun at', 'none'],
    seq: ['最后一条的序号', 'number of the last row', 'none'],
    hash: ['最后一条的链哈希', 'hash of the last row', 'none'],
    seal: ['链头的封印（HMAC）', 'keyed seal of the head', 'none'],
  }),
]
