import { oneLine } from '@huike/shared/texts'
import { z } from 'zod'
import type { Clock } from '../../platform/clock.js'
import type { SmsSettings } from '../../platform/message-settings.js'
import { callProvider } from '../../platform/provider-call.js'
import { TENCENT_CONTENT_TYPE, tencentAuthorization } from '../../platform/tencent-signature.js'
import type {
  ChannelAdapter,
  OutgoingMessage,
  RefusedCode,
  RetryCode,
  SendOutcome,
} from './channel.js'
import { cut } from './text.js'

// SMS through Tencent Cloud, SendSms 2021-01-11: https://cloud.tencent.com/document/api/382/55981
// The approved template, with its way out of more of them, is the provider's; only its places are
// filled here. The message id travels along as SessionContext and comes back in delivery reports.

const SERVICE = 'sms'
const ACTION = 'SendSms'
const VERSION = '2021-01-11'
/** What stands in a place that would be empty. */
const EMPTY_PARAM = '-'
const OK = 'Ok'

const answerSchema = z.object({
  Response: z.object({
    Error: z.object({ Code: z.string() }).optional(),
    SendStatusSet: z
      .array(z.object({ SerialNo: z.string().optional(), Code: z.string() }))
      .optional(),
  }),
})

/** By the code itself, else by what stands before its first dot. */
const OUTCOMES: Record<string, RefusedCode | RetryCode | 'unknown'> = {
  'FailedOperation.ContainSensitiveWord': 'content',
  'FailedOperation.PhoneNumberInBlacklist': 'blocked',
  'FailedOperation.TemplateParamSetNotMatchApprovedTemplate': 'content',
  'InvalidParameterValue.ContentLengthLimit': 'content',
  'InvalidParameterValue.IncorrectPhoneNumber': 'address',
  'InvalidParameterValue.ProhibitedUseUrlInTemplateParameter': 'content',
  'InvalidParameterValue.TemplateParameterFormatError': 'content',
  'InvalidParameterValue.TemplateParameterLengthLimit': 'content',
  'LimitExceeded.PhoneNumberDailyLimit': 'blocked',
  'LimitExceeded.PhoneNumberSameContentDailyLimit': 'blocked',
  // Marketing goes out from 8:00 to 22:00 only.
  'FailedOperation.MarketingSendTimeConstraint': 'busy',
  // Their server clock and ours differ: nothing was sent, and it is signed anew the next time.
  'AuthFailure.SignatureExpire': 'busy',
  'InternalError.RequestTimeException': 'busy',
  'InternalError.RestApiInterfaceNotExist': 'settings',
  'InternalError.SigFieldMissing': 'settings',
  'InternalError.SigVerificationFail': 'settings',
  // Timeouts and failures inside the provider: it may have handed the message on.
  InternalError: 'unknown',
  LimitExceeded: 'busy',
  RequestLimitExceeded: 'busy',
  FailedOperation: 'settings',
  InvalidParameterValue: 'settings',
}

export class SmsChannel implements ChannelAdapter {
  readonly name = 'sms'

  constructor(
    private readonly settings: SmsSettings,
    private readonly clock: Clock,
    private readonly options: { timeoutMs?: number } = {},
  ) {}

  async send(message: OutgoingMessage): Promise<SendOutcome> {
    const { settings } = this
    const body = JSON.stringify({
      PhoneNumberSet: [`+86${message.to}`],
      SmsSdkAppId: settings.sdkAppId,
      SignName: settings.signName,
      TemplateId: settings.templateId,
      TemplateParamSet: smsParams(settings, message),
      SessionContext: message.messageId,
    })
    const { timeoutMs } = this.options
    const answer = await callProvider({
      url: settings.baseUrl,
      headers: this.#headers(body),
      body,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    })
    switch (answer.answer) {
      case 'whole':
        return outcomeOf(answer.text)
      case 'not_reached':
        return { outcome: 'retry', code: 'unreachable', detail: answer.detail }
      case 'lost':
        return { outcome: 'unknown', detail: answer.detail }
    }
  }

  #headers(body: string): Record<string, string> {
    const { secretId, secretKey, region, baseUrl } = this.settings
    const { host } = new URL(baseUrl)
    const timestampS = Math.floor(this.clock.nowMs() / 1000)
    const call = { secretId, secretKey, service: SERVICE, host, action: ACTION, timestampS, body }
    return {
      authorization: tencentAuthorization(call),
      'content-type': TENCENT_CONTENT_TYPE,
      host,
      'x-tc-action': ACTION,
      'x-tc-version': VERSION,
      'x-tc-timestamp': String(timestampS),
      'x-tc-region': region,
    }
  }
}

/** What fills the places of the template, each within its length and never empty. */
function smsParams(
  settings: Pick<SmsSettings, 'params'>,
  message: Pick<OutgoingMessage, 'title' | 'body' | 'programmeName'>,
): string[] {
  const texts = { title: message.title, body: message.body, programme: message.programmeName }
  return settings.params.map(({ source, charactersMax }) => {
    const text = cut(oneLine(texts[source]), charactersMax)
    return text === '' ? EMPTY_PARAM : text
  })
}

function outcomeOf(text: string): SendOutcome {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return { outcome: 'unknown', detail: 'not JSON' }
  }
  const parsed = answerSchema.safeParse(body)
  if (!parsed.success) return { outcome: 'unknown', detail: 'not an answer' }
  const { Error: error, SendStatusSet: statuses } = parsed.data.Response
  const status = statuses?.[0]
  if (!error && status?.Code === OK)
    return { outcome: 'sent', providerId: status.SerialNo?.slice(0, 64) ?? null }
  const code = error?.Code ?? status?.Code
  return code === undefined ? { outcome: 'unknown', detail: 'no status' } : codeOutcome(code)
}

function codeOutcome(code: string): SendOutcome {
  const detail = code.slice(0, 100)
  const meaning = OUTCOMES[code] ?? OUTCOMES[code.split('.')[0] ?? ''] ?? 'settings'
  if (meaning === 'unknown') return { outcome: 'unknown', detail }
  if (meaning === 'busy' || meaning === 'unreachable')
    return { outcome: 'retry', code: meaning, detail }
  return { outcome: 'refused', code: meaning, detail }
}
