import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../platform/clock.js'
import { isSameSecret } from '../platform/keyring.js'
import type { SmsSettings } from '../platform/message-settings.js'
import { tencentAuthorization } from '../platform/tencent-signature.js'
import { Troubles, type Trouble } from './troubles.js'

// A stand-in for Tencent Cloud SMS: SendSms 2021-01-11 with its signature, its shapes and its error
// codes. It keeps what reached a phone, as the phone shows it.

const BODY_BYTES_MAX = 10_000
/** A request signed longer ago, or in the future, is refused. */
const CLOCK_SKEW_S = 300
const SENT_MAX = 100_000
const PHONE = /^\+861[3-9]\d{9}$/

const CREDENTIALS = {
  secretId: 'sandbox-sms-id',
  secretKey: 'sandbox-sms-key',
  sdkAppId: '1400000000',
  signName: '回客会员',
  templateId: '1000001',
  templateText: '{1}会员：{2}。{3}，拒收请回复R',
  params: [
    { source: 'programme', charactersMax: 12 },
    { source: 'title', charactersMax: 20 },
    { source: 'body', charactersMax: 60 },
  ],
  region: 'ap-guangzhou',
} satisfies Omit<SmsSettings, 'baseUrl'>

/** An SMS as the phone shows it. */
export interface SentSms {
  phone: string
  /** `【回客会员】…，拒收请回复R`. */
  text: string
  /** The message id it was sent with. */
  context: string
  serialNo: string
  atMs: number
}

export interface SmsStandIn {
  settings: SmsSettings
  /** Every SMS that reached a phone, in order. */
  sent(): readonly SentSms[]
  /** Makes the next `times` requests go wrong, all of them when left out; null heals. */
  trouble(trouble: Trouble<string> | null, times?: number): void
  /** The number answered R: it gets no more. */
  optOut(phone: string): void
  close(): Promise<void>
}

/** Starts the stand-in on a free loopback port. */
export async function startSmsStandIn(options: { clock: Clock }): Promise<SmsStandIn> {
  const state = new StandInState(options.clock)
  const server = createServer((request, response) => {
    void answer(state, request).then((body) => {
      if (body === null) response.destroy()
      else
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ Response: { ...body, RequestId: randomUUID() } }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    settings: { ...CREDENTIALS, baseUrl: `http://127.0.0.1:${String(port)}` },
    sent: () => state.sent,
    trouble: (trouble, times) => {
      state.troubles.set(trouble, times)
    },
    optOut: (phone) => {
      state.optedOut.add(`+86${phone}`)
    },
    close: () => close(server),
  }
}

class StandInState {
  readonly sent: SentSms[] = []
  readonly optedOut = new Set<string>()
  readonly troubles = new Troubles<string>()

  constructor(readonly clock: Clock) {}
}

async function answer(state: StandInState, request: IncomingMessage): Promise<object | null> {
  const body = await readText(request)
  const fault = signatureFault(state, request, body)
  if (fault !== null) return failure(fault)
  const trouble = state.troubles.next()
  if (trouble?.kind === 'code') return failureOf(trouble.code)
  const result = send(state, body)
  await state.troubles.pause(trouble)
  return trouble?.kind === 'lost' ? null : result
}

/** The code of what is wrong with the call itself, or null. */
function signatureFault(
  state: StandInState,
  request: IncomingMessage,
  body: string,
): string | null {
  const { headers } = request
  const timestampS = Number(headers['x-tc-timestamp'])
  const nowS = Math.floor(state.clock.nowMs() / 1000)
  if (headers['x-tc-action'] !== 'SendSms') return 'InvalidAction'
  if (headers['x-tc-version'] !== '2021-01-11') return 'NoSuchVersion'
  if (headers['x-tc-region'] === undefined) return 'MissingParameter'
  if (!Number.isInteger(timestampS) || Math.abs(nowS - timestampS) > CLOCK_SKEW_S)
    return 'AuthFailure.SignatureExpire'
  const { secretId, secretKey } = CREDENTIALS
  const host = headers.host ?? ''
  const call = { secretId, secretKey, service: 'sms', host, action: 'SendSms', timestampS, body }
  return isSameSecret(headers.authorization ?? '', tencentAuthorization(call))
    ? null
    : 'AuthFailure.SignatureFailure'
}

function send(state: StandInState, text: string): object {
  const body = parse(text)
  if (body['SmsSdkAppId'] !== CREDENTIALS.sdkAppId)
    return failure('UnauthorizedOperation.SmsSdkAppIdVerifyFail')
  const phones = body['PhoneNumberSet']
  if (!Array.isArray(phones) || phones.length !== 1)
    return failure('MissingParameter.EmptyPhoneNumberSet')
  const phone = String(phones[0])
  const fault = sendingFault(state, phone, body)
  if (fault !== null) return failureOf(fault)
  const params = body['TemplateParamSet'] as string[]
  const filled = CREDENTIALS.templateText.replace(
    /\{(\d)\}/g,
    (_place, index: string) => params[Number(index) - 1] ?? '',
  )
  const sent: SentSms = {
    phone: phone.slice(3),
    text: `【${CREDENTIALS.signName}】${filled}`,
    context: String(body['SessionContext']),
    serialNo: `5000:${String(state.sent.length + 1).padStart(20, '0')}`,
    atMs: state.clock.nowMs(),
  }
  if (state.sent.length < SENT_MAX) state.sent.push(sent)
  return { SendStatusSet: [status(phone, 'Ok', sent.serialNo)] }
}

function sendingFault(
  state: StandInState,
  phone: string,
  body: Record<string, unknown>,
): string | null {
  const params = body['TemplateParamSet']
  if (!PHONE.test(phone)) return 'InvalidParameterValue.IncorrectPhoneNumber'
  if (state.optedOut.has(phone)) return 'FailedOperation.PhoneNumberInBlacklist'
  if (body['SignName'] !== CREDENTIALS.signName)
    return 'FailedOperation.SignatureIncorrectOrUnapproved'
  if (body['TemplateId'] !== CREDENTIALS.templateId)
    return 'FailedOperation.TemplateIncorrectOrUnapproved'
  if (!Array.isArray(params) || params.length !== CREDENTIALS.params.length)
    return 'FailedOperation.TemplateParamSetNotMatchApprovedTemplate'
  for (const [index, { charactersMax }] of CREDENTIALS.params.entries()) {
    const value: unknown = params[index]
    if (typeof value !== 'string' || value === '')
      return 'FailedOperation.TemplateParamSetNotMatchApprovedTemplate'
    if (Array.from(value).length > charactersMax)
      return 'InvalidParameterValue.TemplateParameterLengthLimit'
    if (/https?:\/\//.test(value))
      return 'InvalidParameterValue.ProhibitedUseUrlInTemplateParameter'
  }
  return null
}

/** What fails for one number is told in its status; what fails for the call, as an error. */
function failureOf(code: string): object {
  const isOfCall = /^(AuthFailure|RequestLimitExceeded|InternalError$|UnauthorizedOperation)/
  return isOfCall.test(code) ? failure(code) : { SendStatusSet: [status('', code, '')] }
}

function failure(code: string): object {
  return { Error: { Code: code, Message: `sandbox error ${code}` } }
}

function status(phone: string, code: string, serialNo: string): object {
  return {
    SerialNo: serialNo,
    PhoneNumber: phone,
    Fee: code === 'Ok' ? 1 : 0,
    SessionContext: '',
    Code: code,
    Message: code === 'Ok' ? 'send success' : `sandbox error ${code}`,
    IsoCode: 'CN',
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > BODY_BYTES_MAX) return ''
  }
  return text
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return {}
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve()
    })
    server.closeAllConnections()
  })
}
