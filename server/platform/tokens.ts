import type { WechatLogin, WechatPhone } from './wechat.js'

/** The Nest token of the pino logger. */
export const LOGGER = Symbol('Logger')

/** What sign-in asks of WeChat. */
export interface WechatPort {
  readonly appId: string
  signIn(code: string): Promise<WechatLogin>
  phone(code: string): Promise<WechatPhone>
}
/** The Nest token of the WeChat client. */
export const WECHAT = Symbol('WechatPort')
