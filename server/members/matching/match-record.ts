// What the search for one person in two records reads, whoever kept the records: a file, or the
// member base. Values stay in memory; only words about them leave.

/** What can be told of a person, in the order reasons are given. */
export const MATCH_FIELDS = [
  'name',
  'given_name',
  'surname',
  'phone',
  'birthday',
  'gender',
  'email',
  'address',
  'city',
  'card',
  'openid',
] as const

export type MatchField = (typeof MATCH_FIELDS)[number]

/** The words people read for each field. */
export const FIELD_WORDS: Record<MatchField, string> = {
  name: '姓名',
  given_name: '名',
  surname: '姓',
  phone: '手机号',
  birthday: '生日',
  gender: '性别',
  email: '邮箱',
  address: '地址',
  city: '城市',
  card: '卡号',
  openid: '微信',
}

/** One record; a field that is empty or left out says nothing. */
export interface MatchRecord {
  id: string
  fields: Partial<Record<MatchField, string>>
  /**
   * Fields a person has proved to hold (a code by SMS, a WeChat sign-in): two records that each
   * proved another value are not merged on the word of weaker ones.
   */
  verified?: readonly MatchField[]
}

export type Verdict = 'merge' | 'review'

/** Two records that may be one person. */
export interface FoundPair {
  recordA: string
  recordB: string
  /** log2 of the odds that they are one person; thousandths of a bit. */
  scoreMillibits: number
  verdict: Verdict
  /** What was compared, in words and without values, by field. */
  reasons: Partial<Record<MatchField | 'rule', string>>
}
