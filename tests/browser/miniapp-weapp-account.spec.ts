import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { isUlid } from '@huike/shared/ids'
import { CONSENT_PURPOSES } from '@huike/shared/purposes'
import type { StandInAccount } from '../rig/member-stand-in-account.js'
import { BUILD_MS_MAX, builtMiniapp } from '../rig/weapp/build.js'
import { beginStory, type WeappStory } from '../rig/weapp/story.js'
import type { PhoneSettings, PromptAnswer } from '../rig/weapp/wx.js'

// Messages, profile, privacy and reminders in the compiled mini-program, as WeChat would load it.

let dist: string
let story: WeappStory
let account: StandInAccount
/** What the person does with WeChat's prompt. */
let promptAnswer: PhoneSettings['answerPrompt'] | undefined

beforeAll(async () => {
  dist = await builtMiniapp('weapp')
}, BUILD_MS_MAX)

beforeEach(async () => {
  promptAnswer = undefined
  story = await beginStory(dist, {
    answerPrompt: (templateIds) => (promptAnswer ?? acceptAll)(templateIds),
  })
  ;({ account } = story.server)
  await story.becomeMember()
})

afterEach(async () => {
  expect(await story.end()).toEqual([])
})

function acceptAll(templateIds: readonly string[]): PromptAnswer {
  return Object.fromEntries(templateIds.map((templateId) => [templateId, 'accept']))
}

function agreeToMarketing(): void {
  account.consents.set('marketing', { state: 'granted', changedAtMs: Date.now() })
}

/** A switch takes no touch while its last one is under way. */
function settled(): Promise<void> {
  const isBusy = () => /class="[^"]*--busy/.test(story.phone.html())
  return story.phone.wait('it can be touched again', () => !isBusy())
}

function prompts(): unknown[] {
  return story.phone.program.calls.filter(({ api }) => api === 'requestSubscribeMessage')
}

describe('the inbox', () => {
  it('counts what is unread on home, and marks it read once it has been shown', async () => {
    await story.phone.until('消息2')
    await story.phone.tapLabel('消息 2 条未读')
    await story.phone.until('好久不见')
    expect(story.phone.labels()).toContainEqual(expect.stringMatching(/^未读 好久不见/))
    await story.phone.wait('it is told', () => account.told.read.length === 2)
    story.phone.program.back()
    await story.phone.until('暂无新消息')
    await story.phone.tapLabel('消息')
    await story.phone.until('好久不见')
    expect(story.phone.labels().filter((label) => label.startsWith('未读'))).toEqual([])
    expect(account.told.read).toHaveLength(2)
  })

  it('goes on below, and says when there is no more', async () => {
    await story.phone.tapLabel('消息')
    await story.phone.until('正在加载更多')
    story.phone.scrollToBottom()
    await story.phone.until('没有更多了')
    expect(story.phone.text()).toContain('获得 43 分')
  })

  it('says so when nobody wrote', async () => {
    // Home has asked for the messages too: an answer on its way is still of before.
    await story.phone.quiet()
    account.messages = []
    await story.phone.tapLabel('消息')
    await story.phone.until('还没有消息')
  })

  it('shows what was there when the network is gone, with its time', async () => {
    await story.phone.tapLabel('消息')
    await story.phone.until('好久不见')
    await story.phone.quiet()
    story.phone.program.setOnline(false)
    story.phone.pullDown()
    await story.phone.until('网络不可用，显示的是')
    expect(story.phone.text()).toContain('好久不见')
  })
})

describe('the profile', () => {
  const openPurchases = async () => {
    story.phone.program.switchTab('pages/purchases/index')
    await story.phone.until('¥256.32')
    story.phone.program.switchTab('pages/home/index')
  }

  it('is asked for only after a purchase has been seen, and not again after a no', async () => {
    expect(story.phone.text()).not.toContain('补充生日')
    await openPurchases()
    await story.phone.until('补充生日')
    await story.phone.tap('不用了')
    await story.phone.wait('it is gone', () => !story.phone.text().includes('补充生日'))
    story.reopen()
    await story.phone.until('出示会员码')
    expect(story.phone.text()).not.toContain('补充生日')
  })

  it('takes what is told, each with what it is for, and is not asked for any more', async () => {
    await openPurchases()
    await story.phone.tap('去填写')
    await story.phone.until('门店有生日优惠时')
    await story.phone.type('称呼', '欧阳上官')
    await story.phone.choose('生日', '1992-03-04')
    await story.phone.choose('性别', '1')
    await story.phone.tap('保存')
    await story.phone.until('已保存')
    expect(account.profile).toMatchObject({ birthday: '1992-03-04', gender: 'female' })
    story.phone.program.back()
    await story.phone.wait('it is gone', () => !story.phone.text().includes('补充生日'))
  })

  it('can be skipped, and a birthday can be taken back', async () => {
    account.profile = { ...account.profile, birthday: '1992-03-04' as never, name: '小李' }
    await story.phone.tapLabel('会员资料')
    await story.phone.until('1992-03-04')
    await story.phone.tap('清除生日')
    await story.phone.until('选择日期')
    await story.phone.tap('保存')
    await story.phone.until('已保存')
    expect(account.profile).toMatchObject({ name: '小李', birthday: null })
    await story.phone.tap('以后再说')
    expect(story.phone.program.page.route).toBe('pages/home/index')
  })

  it('keeps what was typed when saving fails', async () => {
    await story.phone.tapLabel('会员资料')
    await story.phone.until('选择日期')
    await story.phone.type('称呼', '小李')
    story.phone.program.setOnline(false)
    await story.phone.tap('保存')
    await story.phone.until('请检查网络后再试')
    story.phone.program.setOnline(true)
    await story.phone.tap('保存')
    await story.phone.until('已保存')
    expect(account.profile.name).toBe('小李')
  })
})

const NOTHING_GRANTED = CONSENT_PURPOSES.map(() => 'false')

describe('privacy', () => {
  const openPrivacy = async () => {
    await story.phone.tapLabel('隐私与授权')
    await story.phone.until('注销会员')
  }
  const switches = () =>
    [...story.phone.html().matchAll(/aria-checked="(\w+)"/g)].map(([, on]) => on)

  it('shows what is held and what for, ticks nothing beforehand, and leads to leaving', async () => {
    await openPrivacy()
    for (const words of ['138****8000', '用来识别会员身份', '27 笔', '随时可以注销'])
      expect(story.phone.text()).toContain(words)
    expect(switches()).toEqual(NOTHING_GRANTED)
    expect(story.phone.text()).toContain('不同意也能正常积分')
    await story.phone.tap('查看隐私保护指引')
    expect(story.phone.program.calls.map(({ api }) => api)).toContain('openPrivacyContract')
  })

  it('withdraws as easily as it grants: one touch each', async () => {
    await openPrivacy()
    await story.phone.tapLabel('优惠与活动消息')
    await story.phone.until('同意活动提醒')
    expect(switches()).toEqual(['true', ...NOTHING_GRANTED.slice(1)])
    await settled()
    await story.phone.tapLabel('优惠与活动消息')
    await story.phone.wait('it is off', () => switches()[0] === 'false')
    expect(account.told.consents).toEqual([
      { purpose: 'marketing', isGranted: true, policyVersion: '2026-01' },
      { purpose: 'marketing', isGranted: false, policyVersion: '2026-01' },
    ])
  })

  it('grants nothing that was not read: a changed text comes first', async () => {
    await openPrivacy()
    account.policyVersion = '2026-02'
    await story.phone.tapLabel('优惠短信')
    await story.phone.until('告知内容已更新')
    await settled()
    expect(switches()).toEqual(NOTHING_GRANTED)
    await story.phone.tapLabel('优惠短信')
    await story.phone.wait('it is on', () => switches()[1] === 'true')
    expect(account.told.consents.map(({ policyVersion }) => policyVersion)).toEqual([
      '2026-01',
      '2026-02',
    ])
  })

  it('says so when the network is gone, and leaves the switch as it was', async () => {
    await openPrivacy()
    story.phone.program.setOnline(false)
    await story.phone.tapLabel('优惠短信')
    await story.phone.until('请检查网络后再试')
    expect(switches()).toEqual(NOTHING_GRANTED)
  })
})

describe('leaving', () => {
  const openLeave = async () => {
    await story.phone.tapLabel('隐私与授权')
    await story.phone.until('查看并注销')
    await story.phone.tap('查看并注销')
    await story.phone.until('你会失去')
  }
  const dialogs = () => story.phone.program.calls.filter(({ api }) => api === 'showModal')

  it('shows what is lost before there is a button, asks again, and can be taken back', async () => {
    await openLeave()
    for (const words of ['1,286 分', '金卡会员', '27 笔', '15 天反悔期', '依法保留'])
      expect(story.phone.text()).toContain(words)
    expect(dialogs()).toEqual([])
    expect(story.phone.text()).not.toContain('注销会员')
    await story.phone.tapLabel('我已了解会失去什么')
    await story.phone.tap('注销会员')
    await story.phone.until('正在注销')
    expect(dialogs()).toHaveLength(1)
    expect(account.told.deletions).toEqual([{ isConfirmed: true, balancePoints: 1286 }])
    await story.phone.tap('撤销注销')
    await story.phone.until('已撤销，会员和积分都还在')
    expect(account.deletionDueAtMs).toBeNull()
  })

  it('gives up nothing that was not read: changed points are shown first', async () => {
    await openLeave()
    account.losses.balancePoints = 1290
    await story.phone.tapLabel('我已了解会失去什么')
    await story.phone.tap('注销会员')
    await story.phone.until('将失去的积分有变化')
    await story.phone.until('1,290 分')
    expect(account.deletionDueAtMs).toBeNull()
  })

  it('says so when the network is gone, and asks for nothing', async () => {
    await openLeave()
    await story.phone.tapLabel('我已了解会失去什么')
    story.phone.program.setOnline(false)
    await story.phone.tap('注销会员')
    await story.phone.until('请检查网络后再试')
    expect(account.told.deletions).toEqual([])
  })

  it('is on home from the next sign-in on, with one tap to take it back', async () => {
    account.deletionDueAtMs = Date.now() + 15 * 86_400_000
    story.reopen()
    await story.phone.until('正在注销')
    await story.phone.tap('撤销注销')
    await story.phone.wait('it is gone', () => !story.phone.text().includes('正在注销'))
    expect(account.deletionDueAtMs).toBeNull()
  })
})

describe('a copy to take away', () => {
  it('is a link on the clipboard, for people or for machines', async () => {
    await story.phone.tapLabel('隐私与授权')
    await story.phone.until('取走我的信息')
    const copied = () =>
      story.phone.program.calls
        .filter(({ api }) => api === 'setClipboardData')
        .map(({ options }) => options)
    await story.phone.tap('复制网页链接')
    await story.phone.until('链接已复制')
    await story.phone.tap('复制数据链接（JSON）')
    await story.phone.wait('it is copied', () => copied().length === 2)
    expect(copied()).toEqual(
      ['page.html', 'data.json'].map((file) =>
        expect.objectContaining({
          data: expect.stringContaining(`/member/v1/copies/key-of-the-copy/${file}`),
        }),
      ),
    )
  })

  it('is not asked for without a network, and says so', async () => {
    await story.phone.tapLabel('隐私与授权')
    await story.phone.until('取走我的信息')
    story.phone.program.setOnline(false)
    await story.phone.tap('复制网页链接')
    await story.phone.until('请检查网络后再试')
  })
})

describe('a reminder in WeChat', () => {
  const openInbox = async () => {
    await story.phone.tapLabel('消息')
    await story.phone.until('好久不见')
  }

  it('is not offered to those who did not agree to be written to', async () => {
    await openInbox()
    await story.phone.quiet()
    expect(story.phone.text()).not.toContain('活动提醒我')
  })

  it('is not offered where there is nothing to remind of', async () => {
    agreeToMarketing()
    account.templates = []
    await openInbox()
    await story.phone.quiet()
    expect(story.phone.text()).not.toContain('活动提醒我')
  })

  it('is offered at the moment of agreeing, and not any more after a withdrawal', async () => {
    await story.phone.tapLabel('隐私与授权')
    await story.phone.until('注销会员')
    await story.phone.tapLabel('优惠与活动消息')
    await story.phone.until('活动提醒我')
    await settled()
    await story.phone.tapLabel('优惠与活动消息')
    await story.phone.wait('it is gone', () => !story.phone.text().includes('活动提醒我'))
    expect(prompts()).toEqual([])
  })

  it('is never asked for on entry, only after a tap', async () => {
    agreeToMarketing()
    await openInbox()
    await story.phone.until('活动提醒我')
    expect(prompts()).toEqual([])
    await story.phone.tap('活动提醒我')
    await story.phone.until('好的，下次有活动')
    expect(prompts()).toEqual([
      expect.objectContaining({
        options: expect.objectContaining({ tmplIds: ['template-offers'] }),
      }),
    ])
    expect(account.told.prompts).toEqual([
      {
        askId: expect.any(String),
        answers: [{ templateId: 'template-offers', result: 'accept' }],
      },
    ])
    expect(isUlid(account.told.prompts[0]?.askId ?? '')).toBe(true)
    await story.phone.until('已可提醒 1 次')
  })

  it('takes no for an answer, and tells the server so', async () => {
    agreeToMarketing()
    promptAnswer = () => ({ 'template-offers': 'reject' })
    await openInbox()
    await story.phone.tap('活动提醒我')
    await story.phone.until('没有开启提醒')
    expect(account.told.prompts.map(({ answers }) => answers[0]?.result)).toEqual(['reject'])
  })

  it('is told once the network is back, once, under the id it was asked with', async () => {
    agreeToMarketing()
    await openInbox()
    await story.phone.until('活动提醒我')
    story.phone.program.setOnline(false)
    await story.phone.tap('活动提醒我')
    await story.phone.until('联网后自动生效')
    const waiting = JSON.stringify([...story.storage.values()])
    expect(account.told.prompts).toEqual([])
    story.phone.program.setOnline(true)
    await story.phone.until('已可提醒 1 次')
    expect(account.told.prompts).toHaveLength(1)
    expect(waiting).toContain(account.told.prompts[0]?.askId ?? 'nothing was told')
    story.phone.program.back()
    await story.phone.until('出示会员码')
    expect(account.told.prompts).toHaveLength(1)
  })

  it('is told after a restart too', async () => {
    agreeToMarketing()
    await openInbox()
    await story.phone.until('活动提醒我')
    story.phone.program.setOnline(false)
    await story.phone.tap('活动提醒我')
    await story.phone.until('联网后自动生效')
    story.reopen()
    await story.phone.wait('it is told', () => account.told.prompts.length === 1)
  })

  it.each([
    [10002, '网络不稳定'],
    [10003, '网络不稳定'],
    [20001, '提醒暂时无法开启'],
    [20004, '你在微信里关闭了订阅消息'],
    [20005, '这项提醒目前不能使用'],
  ])('says what happened when WeChat fails with %p', async (errCode, sentence) => {
    agreeToMarketing()
    promptAnswer = () => ({ errCode })
    await openInbox()
    await story.phone.tap('活动提醒我')
    await story.phone.until(sentence)
    expect(account.told.prompts).toEqual([])
  })
})
