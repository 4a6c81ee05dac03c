import type { SubscribeAnswer, SubscribeMessage } from './wechat-subscribe.js'
import type { WechatLogin, WechatPhone } from './wechat.js'

/** The Nest token of the pino logger. */
export const LOGGER = Symbol('Logger')

/** What sign-in and messages ask of WeChat. */
export interface WechatPort {
  readonly appId: string
  signIn(code: string): Promise<WechatLogin>
  phone(code: string): Promise<WechatPhone>
  sendSubscribeMessage(message: SubscribeMessage): Promise<SubscribeAnswer>
}
/** The Nest token of the WeChat client. */
export const WECHAT = Symbol('WechatPort')

/** The Nest token of WeChat Pay: a `WechatPay`, or null where nothing is sold. */
export const PAY = Symbol('WechatPay')
