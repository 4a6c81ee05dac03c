import { describe, expect, it } from '@jest/globals'
import { ConfigError, readConfig } from './config.js'
import { newKeyringJson } from './keyring.js'

const BASE = {
  HUIKE_DATABASE_URL: 'sqlite:x',
  HUIKE_DATA_DIR: 'x',
  HUIKE_KEYRING: newKeyringJson(),
  HUIKE_SANDBOX: '1',
}
const WECHAT = {
  WECHAT_SUBSCRIBE_TEMPLATE_ID: 'tpl-1',
  WECHAT_SUBSCRIBE_FIELDS: 'title:thing1,body:thing2,programme:name3,date:time4',
}
const SMS = {
  SMS_SECRET_ID: 'id',
  SMS_SECRET_KEY: 'key',
  SMS_SDK_APPID: '1400006666',
  SMS_SIGN_NAME: '回客',
  SMS_TEMPLATE_ID: '1110',
  SMS_TEMPLATE_TEXT: '{1}会员：{2}，拒收请回复R',
  SMS_TEMPLATE_PARAMS: 'programme:12,title:20',
}
const read = (settings: Record<string, string>) => readConfig({ ...BASE, ...settings })

describe('settings of the message channels', () => {
  it('leave both channels off where there are none', () => {
    expect(read({})).toMatchObject({ subscribe: null, sms: null })
  })

  it('set up WeChat subscription messages', () => {
    expect(read(WECHAT).subscribe).toEqual({
      templateId: 'tpl-1',
      title: '优惠与活动提醒',
      fields: [
        { source: 'title', key: 'thing1' },
        { source: 'body', key: 'thing2' },
        { source: 'programme', key: 'name3' },
        { source: 'date', key: 'time4' },
      ],
      page: 'account/inbox/index',
      state: 'formal',
    })
  })

  it('set up SMS', () => {
    expect(read(SMS).sms).toEqual({
      secretId: 'id',
      secretKey: 'key',
      sdkAppId: '1400006666',
      signName: '回客',
      templateId: '1110',
      templateText: '{1}会员：{2}，拒收请回复R',
      params: [
        { source: 'programme', charactersMax: 12 },
        { source: 'title', charactersMax: 20 },
      ],
      region: 'ap-guangzhou',
      baseUrl: 'https://sms.tencentcloudapi.com',
    })
  })

  it.each(Object.keys(SMS))('stop the start when %s alone is missing, and name it', (key) => {
    const rest = Object.fromEntries(Object.entries(SMS).filter(([name]) => name !== key))
    expect(() => read(rest)).toThrow(ConfigError)
    expect(() => read(rest)).toThrow(new RegExp(key))
  })

  it.each([
    ['a template without its fields', { WECHAT_SUBSCRIBE_TEMPLATE_ID: 'x' }, 'SUBSCRIBE_FIELDS'],
    ['a field nobody can fill', { ...WECHAT, WECHAT_SUBSCRIBE_FIELDS: 'title:amount1' }, 'FIELDS'],
    ['a source nobody has', { ...WECHAT, WECHAT_SUBSCRIBE_FIELDS: 'phone:thing1' }, 'FIELDS'],
    ['an SMS that cannot be ended', { ...SMS, SMS_TEMPLATE_TEXT: '{1}{2}' }, '拒收请回复R'],
    ['a place too many', { ...SMS, SMS_TEMPLATE_TEXT: '{1}{2}{3}拒收请回复R' }, '3 places, not 2'],
    ['a length of nothing', { ...SMS, SMS_TEMPLATE_PARAMS: 'title:x,body:1' }, 'PARAMS'],
  ])('refuse %s', (_what, settings, said) => {
    expect(() => read(settings as Record<string, string>)).toThrow(new RegExp(said))
  })
})
