import { oneLine } from '@huike/shared/texts'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import type { Clock } from '../../platform/clock.js'
import type { WechatPort } from '../../platform/tokens.js'
import type { SubscribeSettings, SubscribeSource } from '../../platform/wechat-subscribe.js'
import type { ChannelAdapter, OutgoingMessage, RefusedCode, SendOutcome } from './channel.js'
import { cut } from './text.js'

// A WeChat subscription message: the fields of the chain's template, each cut to what its kind may
// hold. A field that is empty or too long fails the whole message (47003), so none ever is.
// https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-message-management/subscribe-message/sendMessage.html

/** Characters a field of each kind may hold. */
const CHARACTERS_MAX = { thing: 20, name: 10, phrase: 5, date: 32, time: 32 } as const
type FieldKind = keyof typeof CHARACTERS_MAX

/** What stands in a field that would be empty. */
const EMPTY: Record<FieldKind, string> = {
  thing: '-',
  name: '会员',
  phrase: '会员',
  date: '-',
  time: '-',
}

const REFUSED: Record<number, RefusedCode> = {
  40003: 'address',
  40013: 'settings',
  40037: 'settings',
  41030: 'settings',
  43101: 'no_permission',
  43107: 'settings',
  45168: 'content',
  47003: 'content',
  48001: 'settings',
}
/**
 * Busy, too fast, too many at a time; and a token that a renewal did not heal. A wrong secret (40125)
 * or an address that is not on WeChat's list (40164) is for a person to mend: settings.
 */
const BUSY = new Set([-1, 40001, 40014, 42001, 43108, 45009, 45011])

export class WechatChannel implements ChannelAdapter {
  readonly name = 'wechat'

  constructor(
    private readonly wechat: Pick<WechatPort, 'sendSubscribeMessage'>,
    private readonly template: SubscribeSettings,
    private readonly clock: Clock,
  ) {}

  async send(message: OutgoingMessage): Promise<SendOutcome> {
    const { templateId, page, state } = this.template
    const answer = await this.wechat.sendSubscribeMessage({
      touser: message.to,
      template_id: templateId,
      page,
      data: this.#data(message),
      miniprogram_state: state,
      lang: 'zh_CN',
    })
    switch (answer.answer) {
      case 'taken':
        return { outcome: 'sent', providerId: answer.messageNo }
      case 'errcode':
        return refusalOf(answer.errcode)
      case 'not_reached':
        return { outcome: 'retry', code: 'unreachable', detail: answer.detail }
      case 'lost':
        return { outcome: 'unknown', detail: answer.detail }
    }
  }

  #data(message: OutgoingMessage): Record<string, { value: string }> {
    return Object.fromEntries(
      this.template.fields.map(({ source, key }) => {
        const kind = key.replace(/\d+$/, '') as FieldKind
        return [key, { value: fieldValue(kind, this.#text(source, message)) }]
      }),
    )
  }

  #text(source: SubscribeSource, message: OutgoingMessage): string {
    switch (source) {
      case 'title':
        return message.title
      case 'body':
        return message.body
      case 'programme':
        return message.programmeName
      case 'date':
        return dateTimeText(this.clock.nowMs())
    }
  }
}

/** The value of one field: what its kind can hold of `text`, never empty. */
function fieldValue(kind: FieldKind, text: string): string {
  // A phrase is Chinese characters and nothing else.
  const clean = kind === 'phrase' ? text.replace(/[^\p{Script=Han}]/gu, '') : oneLine(text)
  if (clean === '') return EMPTY[kind]
  if (kind === 'phrase') return Array.from(clean).slice(0, CHARACTERS_MAX.phrase).join('')
  return cut(clean, CHARACTERS_MAX[kind])
}

/** `2026年3月8日 09:05`: good for a field of a date and for one of a time. */
function dateTimeText(atMs: number): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: CHAIN_TIME_ZONE,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(atMs)
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? ''
  return `${of('year')}年${String(Number(of('month')))}月${String(Number(of('day')))}日 ${of('hour')}:${of('minute')}`
}

function refusalOf(errcode: number): SendOutcome {
  const detail = `errcode ${String(errcode)}`
  if (BUSY.has(errcode)) return { outcome: 'retry', code: 'busy', detail }
  return { outcome: 'refused', code: REFUSED[errcode] ?? 'settings', detail }
}
