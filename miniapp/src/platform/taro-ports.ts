import Taro from '@tarojs/taro'
import type { ApiAnswer, ApiRequest } from '../api/transport.js'
import type { ScreenLight } from '../code/bright-screen.js'
import { createKeeper } from '../data/keeper.js'
import type { PayOutcome, RequestPayment } from '../data/packs.js'
import type { PromptOutcome, TemplateAnswer } from '../data/reminders.js'
import type { ServicePorts } from '../services.js'

// Everything the services need from the platform, and the only place that gives it.

const REQUEST_MS_MAX = 10_000
const isWeapp = process.env.TARO_ENV === 'weapp'

/** The ports of a running mini-program or web page. */
export const taroPorts: ServicePorts = {
  transport,
  keeper: createKeeper({
    read: (name) => Taro.getStorageSync<unknown>(name),
    write: (name, value) => {
      Taro.setStorageSync(name, value)
    },
    remove: (name) => {
      Taro.removeStorageSync(name)
    },
  }),
  nowMs: () => Date.now(),
  chance: () => Math.random(),
  wechatCode,
  askForMessages: isWeapp ? askForMessages : null,
  onNetworkBack,
  requestPayment: isWeapp ? requestPayment : null,
  scanCode: isWeapp ? scanCode : null,
}

/** The phone's screen; a browser has no say in it. */
export const taroLight: ScreenLight = {
  async read() {
    if (!isWeapp) return null
    try {
      return (await Taro.getScreenBrightness()).value
    } catch {
      return null
    }
  },
  set(value) {
    if (isWeapp) Taro.setScreenBrightness({ value }).catch(() => undefined)
  },
  keepOn(keepScreenOn) {
    if (isWeapp) Taro.setKeepScreenOn({ keepScreenOn }).catch(() => undefined)
  },
}

async function transport(request: ApiRequest): Promise<ApiAnswer> {
  const header: Record<string, string> = { 'content-type': 'application/json' }
  if (request.accessToken !== undefined) header['authorization'] = `Bearer ${request.accessToken}`
  try {
    const answer = await Taro.request<unknown>({
      url: HUIKE_API_BASE + request.path,
      method: request.method,
      header,
      timeout: REQUEST_MS_MAX,
      dataType: 'json',
      ...(request.body === undefined ? {} : { data: request.body }),
    })
    return { reached: true, status: answer.statusCode, body: answer.data }
  } catch {
    return { reached: false }
  }
}

async function wechatCode(): Promise<string | null> {
  if (!isWeapp) return null
  try {
    return (await Taro.login()).code
  } catch {
    return null
  }
}

/** WeChat's own prompt. Nothing is awaited before it: WeChat wants to see the tap. */
async function askForMessages(templateIds: readonly string[]): Promise<PromptOutcome> {
  // Taro's types demand the name Alipay uses as well.
  const options = { tmplIds: [...templateIds] } as unknown as Taro.requestSubscribeMessage.Option
  try {
    const told = (await Taro.requestSubscribeMessage(options)) as { [name: string]: unknown }
    const answers: TemplateAnswer[] = []
    for (const templateId of templateIds) {
      const result = PROMPT_RESULTS.find((known) => known === told[templateId])
      if (result !== undefined) answers.push({ templateId, result })
    }
    return { kind: 'answered', answers }
  } catch (error) {
    const { errCode } = error as { errCode?: unknown }
    return { kind: 'failed', errorCode: typeof errCode === 'number' ? errCode : null }
  }
}

/** WeChat's payment page. What it says is for the person alone: the server asks WeChat Pay. */
async function requestPayment(payment: Parameters<RequestPayment>[0]): Promise<PayOutcome> {
  try {
    await Taro.requestPayment({ ...payment })
    return 'paid'
  } catch (error) {
    const { errMsg } = error as { errMsg?: unknown }
    return typeof errMsg === 'string' && errMsg.endsWith('cancel') ? 'cancelled' : 'failed'
  }
}

/** WeChat's scanner. Of a mini-program code it tells the page that it opens, of others what they say. */
async function scanCode(): Promise<string | null> {
  try {
    const { path, result } = await Taro.scanCode({ scanType: ['qrCode', 'barCode'] })
    return path || result
  } catch {
    return null
  }
}

const PROMPT_RESULTS = ['accept', 'reject', 'ban', 'filter'] as const

function onNetworkBack(listener: () => void): void {
  if (!isWeapp) return
  Taro.onNetworkStatusChange(({ isConnected }) => {
    if (isConnected) listener()
  })
}
