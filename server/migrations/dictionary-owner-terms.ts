import type { StaffHandover } from '../staff/staff-handover.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** How customers pass to others when somebody leaves. */
export const ownerTerms: TableTerms[] = [
  termsOf<StaffHandover>('staff_handover', ['客户移交', 'customers handed over'], {
    id: ['移交 id', 'id', 'none'],
    staffId: ['停用的员工', 'who was stopped', 'none'],
    successorId: ['接手的员工；空为归门店', 'who takes over', 'none'],
    state: ['状态：running 移交中，done 已完成，cancelled 已停止', 'state', 'none'],
    movedCount: ['已移交的会员数', 'members handed over', 'none'],
    nextAtMs: ['下次处理时间', 'looked at again', 'none'],
    createdBy: ['停用操作人', 'who stopped them', 'none'],
    createdAtMs: ['停用时间', 'created at', 'none'],
    finishedAtMs: ['移交完成时间', 'finished at', 'none'],
  }),
]
