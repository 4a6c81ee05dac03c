import type { QualityFigure } from '../quality/quality-figure.entity.js'
import type { QualityIssue } from '../quality/quality-issue.entity.js'
import type { QualityRun } from '../quality/quality-run.entity.js'
import type { QualitySampleItem } from '../quality/quality-sample-item.entity.js'
import type { QualitySample } from '../quality/quality-sample.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** How good the data is. */
export const qualityTerms: TableTerms[] = [
  termsOf<QualityRun>('quality_run', ['数据质量检查', 'count of the quality'], {
    id: ['检查 id', 'id', 'none'],
    runKey: ['只能有一次的键', 'key that is there once', 'none'],
    kind: ['种类', 'kind', 'none'],
    sampleId: ['抽样', 'sample that is drawn', 'none'],
    businessDate: ['营业日', 'business date', 'none'],
    state: ['状态', 'state', 'none'],
    phase: ['阶段', 'phase', 'none'],
    place: ['已看到哪一行', 'last key looked at', 'personal'],
    step: ['提交次数', 'commits so far', 'none'],
    doneRows: ['已看行数', 'rows looked at', 'none'],
    totalRows: ['总行数', 'rows in all', 'none'],
    tally: ['已数到的（JSON）', 'counts so far (JSON)', 'personal'],
    nextAtMs: ['下次处理时间', 'looked at again', 'none'],
    startedBy: ['谁要求的', 'started by', 'none'],
    createdAtMs: ['建立时间', 'created at', 'none'],
    finishedAtMs: ['完成时间', 'finished at', 'none'],
    judged: ['有标准的指标数', 'figures with a threshold', 'none'],
    failing: ['未达标的指标数', 'figures that fail', 'none'],
  }),
  termsOf<QualityFigure>('quality_figure', ['数据质量指标', 'figure of the quality'], {
    runId: ['检查', 'run', 'none'],
    code: ['指标', 'figure', 'none'],
    groupKey: ['分组，空为全部', 'group, empty for all', 'none'],
    part: ['分子', 'part', 'none'],
    whole: ['分母', 'whole', 'none'],
    threshold: ['标准，万分之', 'threshold, in ten-thousandths', 'none'],
    passes: ['是否达标', 'passes', 'none'],
    businessDate: ['营业日', 'business date', 'none'],
    atMs: ['时间', 'at', 'none'],
  }),
  termsOf<QualityIssue>('quality_issue', ['数据疑问', 'doubt about the data'], {
    id: ['疑问 id', 'id', 'none'],
    kind: ['种类', 'kind', 'none'],
    subjectId: ['关于哪一行', 'row it is about', 'personal'],
    storeId: ['门店', 'store', 'none'],
    memberId: ['会员', 'member', 'personal'],
    otherMemberId: ['另一位会员', 'other member', 'personal'],
    evidence: ['依据（JSON，只有数字）', 'evidence (JSON)', 'none'],
    state: ['状态', 'state', 'none'],
    foundAtMs: ['发现时间', 'found at', 'none'],
    seenAtMs: ['最近一次发现', 'found last at', 'none'],
    settledAtMs: ['处理时间', 'settled at', 'none'],
    settledBy: ['处理人', 'settled by', 'none'],
  }),
  termsOf<QualitySample>('quality_sample', ['抽样核实', 'sample to verify'], {
    id: ['抽样 id', 'id', 'none'],
    kind: ['抽什么', 'kind', 'none'],
    state: ['状态', 'state', 'none'],
    seed: ['随机种子', 'seed', 'none'],
    perSource: ['每个来源抽几条', 'drawn of each source', 'none'],
    populations: ['各来源总数（JSON）', 'how many of each source (JSON)', 'none'],
    createdBy: ['建立人', 'created by', 'none'],
    createdAtMs: ['建立时间', 'created at', 'none'],
  }),
  termsOf<QualitySampleItem>('quality_sample_item', ['抽到的样本', 'one of a sample'], {
    sampleId: ['抽样', 'sample', 'none'],
    itemNo: ['序号', 'number', 'none'],
    source: ['来源', 'source', 'none'],
    memberId: ['会员', 'member', 'personal'],
    otherMemberId: ['另一位会员', 'other member', 'personal'],
    verdict: ['结论', 'verdict', 'none'],
    decidedAtMs: ['核实时间', 'decided at', 'none'],
    decidedBy: ['核实人', 'decided by', 'none'],
  }),
]
