import { describe, expect, it } from '@jest/globals'
import { FIRST_RULE } from '@huike/shared/earning'
import { epochMs } from '@huike/shared/quantities'
import { promiseWords, sinceWords, type Version } from './versions.js'

const at = (local: string) => epochMs(Date.parse(`${local}+08:00`))
const version = (changes: Partial<Version>, number = 2): Version => ({
  rule: { ...FIRST_RULE, version: number },
  ...{ state: 'coming', effectiveFromMs: at('2026-07-01T00:00:00') },
  ...{ publishedAtMs: at('2026-06-03T09:05:00'), publishedBy: '王总' },
  ...{ withdrawnAtMs: null, withdrawnBy: null },
  ...changes,
})

describe('the versions of the rules', () => {
  it('say since when they hold, and by whom', () => {
    expect(sinceWords(version({}))).toBe('2026-07-01 00:00 起 · 王总 2026-06-03 09:05 发布')
    expect(sinceWords(version({ publishedBy: null }))).toContain('已不在名单里的员工')
    const withdrawn = { withdrawnAtMs: at('2026-06-20T10:00:00'), withdrawnBy: '李店长' }
    expect(sinceWords(version(withdrawn))).toBe(
      '2026-07-01 00:00 起 · 王总 2026-06-03 09:05 发布 · 李店长 2026-06-20 10:00 撤回，没有生效',
    )
    const first = { effectiveFromMs: null, publishedAtMs: null, publishedBy: null }
    expect(sinceWords(version(first, 1))).toBe('系统自带的规则，开始使用时就有')
  })

  it.each([
    ['now', null, ['从发布那一刻起的消费', '2026-07-01 00:00 起会换成已经发布的第 2 版', '不变']],
    ['before it', '2026-06-30T00:00:00', ['2026-06-30 00:00 起的消费', '会换成', '不变']],
    ['with it', '2026-07-01T00:00:00', ['2026-07-01 00:00 起的消费', '不变']],
    ['after it', '2026-07-02T00:00:00', ['2026-07-02 00:00 起的消费', '起先按第 2 版算', '不变']],
  ])('are told what a rule published from %s does beside one to come', (_from, start, wanted) => {
    const others = [version({}), version({ state: 'now' }, 1)]
    const said = promiseWords(others, start === null ? null : at(start))
    expect(said).toHaveLength(wanted.length)
    for (const [index, words] of wanted.entries()) expect(said[index]).toContain(words)
  })
})
