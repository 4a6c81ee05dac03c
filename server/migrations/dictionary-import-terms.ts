import type { ImportJob } from '../imports/import-job.entity.js'
import type { ImportRejection } from '../imports/import-rejection.entity.js'
import type { ImportTemplateRow } from '../imports/import-template.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** Imports of members and orders from files. */
export const importTerms: TableTerms[] = [
  termsOf<ImportJob>('import_job', ['导入任务', 'import'], {
    id: ['任务 id', 'id', 'none'],
    staffId: ['谁导入，空为命令行', 'staff member, empty at the command line', 'none'],
    state: ['状态', 'state', 'none'],
    kind: ['导入什么：members、orders', 'members or orders', 'none'],
    templateId: ['模板', 'template', 'none'],
    storeId: ['归属门店', 'store', 'none'],
    planSealed: [
      '文件名、列对应与选项（加密）',
      'file name, columns and options, sealed',
      'sealed',
    ],
    fileKeySealed: ['文件密钥（加密）', 'key of the file, sealed', 'secret'],
    fileBytes: ['文件字节数', 'bytes of the file', 'none'],
    fileHash: ['文件内容的哈希（HMAC）', 'keyed hash of the file', 'sealed'],
    liveHash: ['同上，仅在进行中', 'the same while it is alive', 'sealed'],
    checkTally: ['检查结果（JSON，只有数字）', 'what the check counted (JSON)', 'none'],
    takenTally: ['导入结果（JSON，只有数字）', 'what was taken (JSON)', 'none'],
    doneRows: ['已处理行数', 'rows done', 'none'],
    totalRows: ['总行数', 'rows in all', 'none'],
    failCode: ['失败原因', 'why it failed', 'none'],
    failDetail: ['失败说明', 'why it failed, in words', 'none'],
    nextAtMs: ['下次处理时间', 'looked at again', 'none'],
    attempts: ['已尝试次数', 'attempts', 'none'],
    createdAtMs: ['建立时间', 'created at', 'none'],
    finishedAtMs: ['完成时间', 'finished at', 'none'],
  }),
  termsOf<ImportRejection>('import_rejection', ['未导入的行', 'row that was not taken'], {
    importId: ['导入任务', 'import', 'none'],
    phase: ['阶段：check 检查，take 导入', 'phase', 'none'],
    rowNo: ['行号', 'row number', 'none'],
    reason: ['原因', 'reason', 'none'],
    cellsSealed: ['原行内容（加密）', 'its cells, sealed', 'sealed'],
  }),
  termsOf<ImportTemplateRow>('import_template', ['导入模板', 'import template'], {
    id: ['模板 id', 'id', 'none'],
    name: ['名称', 'name', 'none'],
    kind: ['导入什么：members、orders', 'members or orders', 'none'],
    headers: ['列名对应（JSON）', 'headers (JSON)', 'none'],
    options: ['选项（JSON）', 'options (JSON)', 'none'],
    createdBy: ['建立人', 'created by', 'none'],
    createdAtMs: ['建立时间', 'created at', 'none'],
  }),
]
