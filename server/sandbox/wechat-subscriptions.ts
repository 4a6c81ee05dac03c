import type { Clock } from '../platform/clock.js'
import type { SubscribeSettings } from '../platform/wechat-subscribe.js'

// What WeChat knows of subscription messages: who allowed how many, and what was delivered. One
// accept is one message; without one it is 43101. Values are checked as WeChat checks them.

/** The template of the sandbox. */
export const SANDBOX_TEMPLATE: SubscribeSettings = {
  templateId: 'sandbox-template-0000000000000000000000000001',
  title: '优惠与活动提醒',
  fields: [
    { source: 'title', key: 'thing1' },
    { source: 'body', key: 'thing2' },
    { source: 'programme', key: 'thing3' },
    { source: 'date', key: 'time4' },
  ],
  page: 'account/inbox/index',
  state: 'formal',
}

const ERRCODE_OPENID = 40003
const ERRCODE_TEMPLATE = 40037
const ERRCODE_PAGE = 41030
const ERRCODE_REFUSED = 43101
const ERRCODE_DATA = 47003
/** WeChat's own msgids are longer than 2^53. */
const FIRST_MSGID = 2_258_971_110_733_479_000n
const OPENIDS_MAX = 100_000
const DELIVERED_MAX = 100_000

const PAGE = /^[a-z][\w/-]*(\?.*)?$/
const VALUES: Record<string, (characters: number, value: string) => boolean> = {
  thing: (characters) => characters <= 20,
  name: (characters) => characters <= 10,
  phrase: (characters, value) => characters <= 5 && /^\p{Script=Han}+$/u.test(value),
  time: (_characters, value) => /^(\d{4}年\d{1,2}月\d{1,2}日 )?\d{2}:\d{2}$/.test(value),
  date: (_characters, value) => /^\d{4}年\d{1,2}月\d{1,2}日( \d{2}:\d{2})?$/.test(value),
}

/** A message as the phone shows it. */
export interface Delivered {
  openid: string
  templateId: string
  page: string
  /** By field: `thing1`. */
  data: Record<string, string>
  atMs: number
}

export class WechatSubscriptions {
  readonly delivered: Delivered[] = []
  readonly #people = new Set<string>()
  readonly #accepts = new Map<string, number>()
  #msgid = FIRST_MSGID

  constructor(private readonly clock: Clock) {}

  /** From now on there is a person with this openid. */
  meet(openid: string): void {
    if (this.#people.size < OPENIDS_MAX) this.#people.add(openid)
  }

  accept(openid: string, templateId = SANDBOX_TEMPLATE.templateId): void {
    this.meet(openid)
    const key = `${openid}|${templateId}`
    this.#accepts.set(key, (this.#accepts.get(key) ?? 0) + 1)
  }

  left(openid: string, templateId = SANDBOX_TEMPLATE.templateId): number {
    return this.#accepts.get(`${openid}|${templateId}`) ?? 0
  }

  /** Takes a request of subscribe/send; delivers it and uses one accept up, or says why not. */
  send(body: Record<string, unknown>): { msgid: string } | { errcode: number } {
    const { touser, template_id: templateId, page = '', data } = body
    if (typeof touser !== 'string' || !this.#people.has(touser)) return { errcode: ERRCODE_OPENID }
    if (templateId !== SANDBOX_TEMPLATE.templateId) return { errcode: ERRCODE_TEMPLATE }
    if (typeof page !== 'string' || (page !== '' && !PAGE.test(page)))
      return { errcode: ERRCODE_PAGE }
    const values = valuesOf(data)
    if (values === null) return { errcode: ERRCODE_DATA }
    const left = this.left(touser, templateId)
    if (left < 1) return { errcode: ERRCODE_REFUSED }
    this.#accepts.set(`${touser}|${templateId}`, left - 1)
    const delivered = { openid: touser, templateId, page, data: values, atMs: this.clock.nowMs() }
    if (this.delivered.length < DELIVERED_MAX) this.delivered.push(delivered)
    this.#msgid += 1n
    return { msgid: String(this.#msgid) }
  }
}

/** The values by field, or null when the template's fields are not all there, or not as they must be. */
function valuesOf(data: unknown): Record<string, string> | null {
  if (typeof data !== 'object' || data === null) return null
  const given = data as Record<string, { value?: unknown } | undefined>
  const keys = SANDBOX_TEMPLATE.fields.map(({ key }) => key)
  if (Object.keys(given).some((key) => !keys.includes(key))) return null
  const values: Record<string, string> = {}
  for (const key of keys) {
    const value = given[key]?.value
    if (typeof value !== 'string' || value.trim() === '' || /[\r\n]/.test(value)) return null
    const isRight = VALUES[key.replace(/\d+$/, '')]
    if (!isRight?.(Array.from(value).length, value)) return null
    values[key] = value
  }
  return values
}
