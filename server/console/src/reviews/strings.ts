import type { ReviewQuery } from '@huike/shared/contracts/reviews'

// The sentences of the reviews.

const STATES: Readonly<Record<ReviewQuery['state'], string>> = {
  waiting: '待审核',
  approved: '已通过',
  declined: '未通过',
}

export const reviewStrings = {
  title: '评价',
  note: '顾客对自己消费的评价，只给门店看。按内容是不是真实、合适来审核，不看星级：给几颗星，积分都一样。',
  choices: '看哪一些',
  state: (state: ReviewQuery['state']) => STATES[state],
  empty: (state: ReviewQuery['state']) =>
    state === 'waiting' ? '没有要审核的评价' : `没有${STATES[state]}的评价`,
  stars: (stars: number) => `${String(stars)} 星`,
  noText: '只打了星，没有写内容',
  gone: '顾客已撤回，内容已经删除',
  purchase: (day: string, amount: string) => `${day} 消费 ${amount}`,
  written: (at: string) => `${at} 写的`,
  decided: (by: string | null, at: string) => `${by ?? '已离职的员工'} ${at} 审核`,
  given: (points: string) => (points === '0' ? '没有给分' : `给了 ${points} 分`),
  because: (reason: string) => `原因：${reason}`,
  approve: '通过',
  approveOf: (stars: string, memberNo: string) => `通过会员 ${memberNo} 的 ${stars}评价`,
  approvePromise: (points: string) =>
    points === '0'
      ? '这笔消费已全额退款，或者已经不在这位会员名下：通过以后给 0 分。'
      : `通过以后，这位会员马上得 ${points} 分，不能再改。`,
  decline: '不通过',
  declineOf: (stars: string, memberNo: string) => `不通过会员 ${memberNo} 的 ${stars}评价`,
  declineTitle: '不通过这条评价',
  declineNote: '这笔消费不给评价积分，顾客不能再写。顾客会看到原因。',
  reason: '原因',
  reasonHint: (characters: string) => `2 到 ${characters} 个字，顾客会看到；不要写手机号`,
} as const
