import Taro from '@tarojs/taro'
import { createKeeper } from '../data/keeper.js'
import type { ApiAnswer, ApiRequest } from '../api/transport.js'
import type { SessionPorts } from '../session/session.js'

// Everything the services need from the platform, and the only place that gives it.

const REQUEST_MS_MAX = 10_000

/** The ports of a running mini-program or web page. */
export const taroPorts: SessionPorts = {
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
  wechatCode,
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
  if (process.env.TARO_ENV !== 'weapp') return null
  try {
    return (await Taro.login()).code
  } catch {
    return null
  }
}
