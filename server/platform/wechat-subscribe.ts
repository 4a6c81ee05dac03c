import { callProvider, type ProviderAnswer } from './provider-call.js'

// A WeChat subscription message on its way: what is posted, and what the answer says about whether
// it was sent. The openid is in the body and the token in the URL, so neither is ever logged.

const PATH = '/cgi-bin/message/subscribe/send'

/** What a field of the template may be filled with. */
export const SUBSCRIBE_SOURCES = ['title', 'body', 'programme', 'date'] as const
export type SubscribeSource = (typeof SUBSCRIBE_SOURCES)[number]

/** One template of the chain, applied for in WeChat's console, and how its fields are filled. */
export interface SubscribeSettings {
  templateId: string
  /** What the shopper is asked for: "优惠与活动提醒". */
  title: string
  fields: { source: SubscribeSource; key: string }[]
  /** The page that opens on a tap. */
  page: string
  state: 'formal' | 'trial' | 'developer'
}

/** As WeChat wants it, without the token. */
export interface SubscribeMessage {
  touser: string
  template_id: string
  page: string
  data: Record<string, { value: string }>
  miniprogram_state: SubscribeSettings['state']
  lang: 'zh_CN'
}

/** taken: sent. errcode: WeChat said no, so it was not. not_reached and lost as in ProviderAnswer. */
export type SubscribeAnswer =
  | { answer: 'taken'; messageNo: string | null }
  | { answer: 'errcode'; errcode: number }
  | Exclude<ProviderAnswer, { answer: 'whole' }>

/** Posts one message with this access token. */
export async function postSubscribeMessage(
  message: SubscribeMessage,
  at: { baseUrl: string; token: string; timeoutMs?: number },
): Promise<SubscribeAnswer> {
  const answer = await callProvider({
    url: `${at.baseUrl}${PATH}?access_token=${encodeURIComponent(at.token)}`,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(message),
    ...(at.timeoutMs === undefined ? {} : { timeoutMs: at.timeoutMs }),
  })
  return answer.answer === 'whole' ? read(answer.text) : answer
}

/** WeChat's own answers are JSON with HTTP 200; anything else came from something in between. */
function read(text: string): SubscribeAnswer {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return { answer: 'lost', detail: 'not JSON' }
  }
  if (typeof body !== 'object' || body === null) return { answer: 'lost', detail: 'not an object' }
  const { errcode } = body as { errcode?: unknown }
  if (typeof errcode !== 'number') return { answer: 'lost', detail: 'no errcode' }
  if (errcode !== 0) return { answer: 'errcode', errcode }
  // msgid is longer than a JavaScript number is exact, so it is read from the text.
  const messageNo = /"msgid"\s*:\s*"?(\d{1,64})/.exec(text)?.[1] ?? null
  return { answer: 'taken', messageNo }
}
