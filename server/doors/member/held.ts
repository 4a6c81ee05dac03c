import type { Privacy } from '@huike/shared/contracts/account'

// What is held of a member, told in words to the member alone.

const NOT_TOLD = '未填写'

export interface HeldFacts {
  phoneMasked: string
  name: string | null
  /** `YYYY-MM-DD`. */
  birthday: string | null
  gender: 'female' | 'male' | null
  email: string | null
  city: string | null
  address: string | null
  purchases: number
  pointsEntries: number
  coupons: number
  reviews: number
  messages: number
  wechatAccounts: number
  consents: number
}

/** The list of the privacy page, in the order it is shown. */
export function heldOf(facts: HeldFacts): Privacy['held'] {
  return [
    { what: '手机号', value: facts.phoneMasked, why: '用来识别会员身份，线上线下是同一个人' },
    { what: '姓名', value: facts.name ?? NOT_TOLD, why: '用来称呼您，可以不填' },
    { what: '生日', value: birthdayText(facts.birthday), why: '用来送上生日祝福，可以不填' },
    { what: '性别', value: genderText(facts.gender), why: '用来称呼您，可以不填' },
    { what: '邮箱', value: facts.email ?? NOT_TOLD, why: '用来认出您在网店的订单，可以不填' },
    { what: '城市', value: facts.city ?? NOT_TOLD, why: '用来核对是不是同一位会员，可以不填' },
    { what: '地址', value: facts.address ?? NOT_TOLD, why: '用来核对是不是同一位会员，可以不填' },
    {
      what: '微信账号',
      value: wechatText(facts.wechatAccounts),
      why: '用来登录小程序和发送您允许的消息',
    },
    { what: '消费记录', value: `${String(facts.purchases)} 笔消费`, why: '用来计算积分和查询小票' },
    {
      what: '积分记录',
      value: `${String(facts.pointsEntries)} 条记录`,
      why: '用来说明每一分从哪里来',
    },
    {
      what: '优惠券',
      value: `${String(facts.coupons)} 张`,
      why: '用来在结账时使用，也说明用掉的去了哪里',
    },
    {
      what: '评价',
      value: `${String(facts.reviews)} 条评价`,
      why: '您对消费的评价，只给门店看，可以随时撤回',
    },
    { what: '消息', value: `${String(facts.messages)} 条消息`, why: '发给您的消息，供您回看' },
    {
      what: '同意记录',
      value: `${String(facts.consents)} 条记录`,
      why: '用来证明您同意或撤回了什么',
    },
  ]
}

function birthdayText(birthday: string | null): string {
  if (birthday === null) return NOT_TOLD
  const [year = '', month = '', day = ''] = birthday.split('-')
  return `${year} 年 ${String(Number(month))} 月 ${String(Number(day))} 日`
}

function genderText(gender: HeldFacts['gender']): string {
  if (gender === null) return NOT_TOLD
  return gender === 'female' ? '女' : '男'
}

function wechatText(accounts: number): string {
  if (accounts === 0) return '未关联'
  return accounts === 1 ? '已关联' : `已关联 ${String(accounts)} 个`
}
