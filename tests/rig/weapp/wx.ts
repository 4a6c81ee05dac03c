// The `wx` object of the simulated phone: what the mini-program may call, each call noted. An API
// that is not here is undefined, as it would be on an old phone, and its use is noted as missing.

/** The options every asynchronous wx API takes. */
export interface WxOptions {
  success?: (result: unknown) => void
  fail?: (error: unknown) => void
  complete?: (result: unknown) => void
  [name: string]: unknown
}

export interface WxCall {
  readonly api: string
  readonly options: unknown
}

export interface PhoneSettings {
  /** Where requests for the address built into the mini-program really go. */
  readonly serverOrigin: string
  readonly theme: 'light' | 'dark'
  /** 适老化: how much larger than normal the person reads, 1 to 1.4. */
  readonly fontScale: number
  readonly pixelRatio: number
  /** The next code of wx.login(). */
  readonly loginCode: () => string
  /** What the person does with WeChat's prompt for subscription messages; they accept by default. */
  readonly answerPrompt?: (templateIds: readonly string[]) => PromptAnswer
  /** What the person does on WeChat's payment page: true where they pay; by default they leave it. */
  readonly pays?: (asked: WxOptions) => boolean
  /** What the camera reads; by default the person leaves it. */
  readonly scans?: () => { readonly result: string; readonly path?: string } | null
  /** The page WeChat opens, and its parameters; by default the first. */
  readonly opensAt?: { readonly route: string; readonly query: Record<string, string> }
}

/** What wx.requestSubscribeMessage gives: a word per template, or one of its error codes. */
export type PromptAnswer = Readonly<Record<string, string>> | { readonly errCode: number }

/** The brightness the person had chosen, before any page changes it. */
export const BRIGHTNESS_AT_FIRST = 0.4

export const PHONE_WIDTH_PX = 375
const PHONE_HEIGHT_PX = 812
const BUILT_IN_ORIGIN = 'http://127.0.0.1:3000'

/** Calls back as WeChat does: later, success or fail, then complete; a promise without callbacks. */
export function answer(
  options: WxOptions | undefined,
  result: unknown,
  isFailure = false,
): unknown {
  const { success, fail, complete } = options ?? {}
  if (!success && !fail && !complete) return settled(result, isFailure)
  queueMicrotask(() => {
    if (isFailure) fail?.(result)
    else success?.(result)
    complete?.(result)
  })
  return undefined
}

/** Like WeChat's promise: rejected with the fields `fail` would be given. */
async function settled(result: unknown, isFailure: boolean): Promise<unknown> {
  await Promise.resolve()
  if (!isFailure) return result
  throw Object.assign(new Error('wx'), result)
}

/** The parts of `wx` that need no page stack. */
export function createWx(settings: PhoneSettings, storage: Map<string, unknown>) {
  const done =
    (api: string, extra: object = {}) =>
    (options?: WxOptions) =>
      answer(options, { errMsg: `${api}:ok`, ...extra })
  const nothing = () => undefined
  const network = new Network()
  let brightness = BRIGHTNESS_AT_FIRST
  const appBase = () => ({
    SDKVersion: '3.8.0',
    language: 'zh_CN',
    theme: settings.theme,
    fontSizeScaleFactor: settings.fontScale,
  })
  const windowInfo = () => ({
    pixelRatio: settings.pixelRatio,
    windowWidth: PHONE_WIDTH_PX,
    windowHeight: PHONE_HEIGHT_PX,
    screenWidth: PHONE_WIDTH_PX,
    screenHeight: PHONE_HEIGHT_PX,
    statusBarHeight: 44,
  })
  const wx = {
    getAppBaseInfo: appBase,
    getWindowInfo: windowInfo,
    getDeviceInfo: () => ({ platform: 'ios', system: 'iOS 17' }),
    getSystemInfoSync: () => ({ ...appBase(), ...windowInfo(), platform: 'ios' }),
    getSystemSetting: () => ({}),
    getAppAuthorizeSetting: () => ({}),
    getLaunchOptionsSync: () => ({ path: '', query: {}, scene: 1001, referrerInfo: {} }),
    getEnterOptionsSync: () => ({ path: '', query: {}, scene: 1001, referrerInfo: {} }),
    canIUse: () => true,
    nextTick: (action: () => void) => setTimeout(action, 0),
    getStorageSync: (name: string) => structuredClone(storage.get(name) ?? ''),
    setStorageSync: (name: string, value: unknown) =>
      void storage.set(name, structuredClone(value)),
    removeStorageSync: (name: string) => void storage.delete(name),
    onError: nothing,
    onUnhandledRejection: nothing,
    onPageNotFound: nothing,
    onAppShow: nothing,
    onAppHide: nothing,
    onThemeChange: nothing,
    stopPullDownRefresh: done('stopPullDownRefresh'),
    setClipboardData: done('setClipboardData', {}),
    showModal: done('showModal', { confirm: true, cancel: false }),
    openPrivacyContract: done('openPrivacyContract'),
    login: (options?: WxOptions) =>
      answer(options, { errMsg: 'login:ok', code: settings.loginCode() }),
    request: (options: WxOptions) => network.during(request(options, settings, network.isOnline)),
    onNetworkStatusChange: network.watch,
    getScreenBrightness: (options?: WxOptions) =>
      answer(options, { errMsg: 'getScreenBrightness:ok', value: brightness }),
    setScreenBrightness: (options: WxOptions) => {
      brightness = Number(options['value'])
      return answer(options, { errMsg: 'setScreenBrightness:ok' })
    },
    setKeepScreenOn: done('setKeepScreenOn'),
    requestSubscribeMessage: (options: WxOptions) => prompt(options, settings),
    requestPayment: (options: WxOptions) => pay(options, settings),
    scanCode: (options: WxOptions) => scan(options, settings),
  }
  return { wx, network }
}

/** The network of the phone; those who watch it are told when it goes and when it comes. */
class Network {
  isOnline = true
  /** Requests that have no answer yet. */
  underWay = 0
  readonly #listeners: ((status: { isConnected: boolean }) => void)[] = []
  readonly watch = (listener: (status: { isConnected: boolean }) => void) =>
    void this.#listeners.push(listener)

  during({ ended, task }: { ended: Promise<unknown>; task: object }): object {
    this.underWay += 1
    void ended.finally(() => (this.underWay -= 1))
    return task
  }

  turn(isConnected: boolean): void {
    if (isConnected === this.isOnline) return
    this.isOnline = isConnected
    for (const listener of this.#listeners) listener({ isConnected })
  }
}

/** WeChat's prompt for subscription messages. */
function prompt(options: WxOptions, { answerPrompt }: PhoneSettings): unknown {
  const templateIds = options['tmplIds'] as string[]
  const said = answerPrompt
    ? answerPrompt(templateIds)
    : Object.fromEntries(templateIds.map((templateId) => [templateId, 'accept']))
  if ('errCode' in said)
    return answer(options, { errMsg: 'requestSubscribeMessage:fail', ...said }, true)
  return answer(options, { errMsg: 'requestSubscribeMessage:ok', ...said })
}

/** WeChat's payment page. */
function pay(options: WxOptions, { pays }: PhoneSettings): unknown {
  return pays?.(options) === true
    ? answer(options, { errMsg: 'requestPayment:ok' })
    : answer(options, { errMsg: 'requestPayment:fail cancel' }, true)
}

/** WeChat's scanner. */
function scan(options: WxOptions, { scans }: PhoneSettings): unknown {
  const read = scans?.() ?? null
  return read === null
    ? answer(options, { errMsg: 'scanCode:fail cancel' }, true)
    : answer(options, { errMsg: 'scanCode:ok', path: '', ...read })
}

/** wx.request over fetch. It resolves for every status, as WeChat's does, and fails off line. */
function request(options: WxOptions, settings: PhoneSettings, isOnline: boolean) {
  const { url, method, data, header } = options as unknown as {
    url: string
    method: string
    data?: unknown
    header: Record<string, string>
  }
  const run = async () => {
    if (!isOnline) throw new Error('request:fail network is off')
    const response = await fetch(url.replace(BUILT_IN_ORIGIN, settings.serverOrigin), {
      method,
      headers: header,
      ...(data === undefined ? {} : { body: JSON.stringify(data) }),
    })
    const text = await response.text()
    return { statusCode: response.status, data: parsed(text), header: {}, errMsg: 'request:ok' }
  }
  const ended = run().then(
    (result) => answer(options, result),
    (error: unknown) => answer(options, { errMsg: String(error) }, true),
  )
  return { ended, task: { abort: () => undefined, onHeadersReceived: () => undefined } }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
