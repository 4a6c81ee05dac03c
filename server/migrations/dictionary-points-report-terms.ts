import type { PointsJob } from '../points/points-job.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** Work on the whole points book. */
export const pointsReportTerms: TableTerms[] = [
  termsOf<PointsJob>('points_job', ['积分账后台任务', 'work on the points book'], {
    id: ['任务 id', 'job id', 'none'],
    jobKey: ['只做一次的依据，如每天一次', 'what makes it happen once', 'none'],
    kind: ['种类：check 核对，owed 负债，trial 试算，levels 试算等级', 'kind', 'none'],
    state: ['状态：waiting、running、done、failed、cancelled', 'state', 'none'],
    asked: ['要做什么（JSON）', 'what was asked (JSON)', 'none'],
    step: ['写过几次', 'number of the last commit', 'none'],
    doneRows: ['已处理的行数', 'rows done', 'none'],
    totalRows: ['估计的总行数', 'rows in all, about', 'none'],
    result: ['结果，或做到哪里（JSON）', 'what it came to, or how far (JSON)', 'personal'],
    nextAtMs: ['何时再看，即租约到期', 'looked at again at: the end of the lease', 'none'],
    startedBy: ['谁要的；自动的为空', 'asked for by', 'none'],
    createdAtMs: ['提出时间', 'asked for at', 'none'],
    startedAtMs: ['开始时间', 'begun at', 'none'],
    finishedAtMs: ['结束时间', 'finished at', 'none'],
  }),
]
