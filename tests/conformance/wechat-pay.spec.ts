import { createPublicKey, verify, X509Certificate, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { ConfigError } from '../../server/platform/config-error.js'
import { payOf, paySettings } from '../../server/platform/pay-settings.js'
import { PayTransport } from '../../server/platform/pay-transport.js'
import {
  openPayResource,
  verifyPaySignature,
  type SealedResource,
} from '../../server/platform/wechat-pay-signature.js'
import { WechatPay } from '../../server/platform/wechat-pay.js'
import { z } from 'zod'
import { createFakeClock } from '../rig/clock.js'
import { dataPath, describeData } from '../rig/data.js'
import { TestClock } from '../rig/server.js'
import { listenAtPay } from '../rig/wechat-pay.js'

// WeChat Pay's own published examples, read where they lie: what it signs and encrypts is read, what
// it says must fail fails, and what we sign is what its examples sign.

describeData('WeChat Pay’s published examples', () => {
  const read = (name: string) => JSON.parse(readFileSync(dataPath('wechat', name), 'utf8'))
  const docs = read('official-docs.json')
  const java = read('java-core.json')
  const privateKeyPem = docs.testing_key_pem.replaceAll('TESTING KEY', 'PRIVATE KEY')

  const SETTINGS = {
    ...{ appId: 'wx1', merchantId: '1900007291', serial: 'AB', privateKeyPem },
    ...{ apiV3Key: java.api_v3_key, notifyUrl: 'https://example.com/x' },
  }
  const answered = docs.response_public_key_mode
  const publicKey = createPublicKey(answered.public_key_pem)
  const headers = new Map<string, string>(
    Object.entries<string>(answered.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const serial = headers.get('wechatpay-serial') ?? ''
  const signedAtMs = Number(headers.get('wechatpay-timestamp')) * 1_000

  const verified = (
    over: {
      headers?: Record<string, string>
      body?: string
      keys?: Map<string, KeyObject>
      nowMs?: number
    } = {},
  ) =>
    verifyPaySignature({
      header: (name) => over.headers?.[name] ?? headers.get(name),
      body: Buffer.from(over.body ?? answered.body),
      keys: over.keys ?? new Map([[serial, publicKey]]),
      nowMs: over.nowMs ?? signedAtMs,
    })

  it('believes an answer that was signed in public-key mode', () => {
    expect(verified()).toEqual({ ok: true })
    expect(verified({ nowMs: signedAtMs + 299_000 })).toEqual({ ok: true })
  })

  it.each([
    ['a body with one more byte', { body: `${answered.body} ` }, 'signature'],
    ['six minutes later', { nowMs: signedAtMs + 360_000 }, 'timestamp'],
    ['six minutes early', { nowMs: signedAtMs - 360_000 }, 'timestamp'],
    ['another nonce', { headers: { 'wechatpay-nonce': 'x' } }, 'signature'],
    ['no nonce', { headers: { 'wechatpay-nonce': '' } }, 'headers'],
    ['a serial nobody set up', { keys: new Map<string, KeyObject>() }, 'serial'],
    ['a time that is none', { headers: { 'wechatpay-timestamp': '1e9' } }, 'timestamp'],
    [
      'WeChat Pay’s own test of us',
      { headers: { 'wechatpay-signature': 'WECHATPAY/SIGNTEST/abc=' } },
      'probe',
    ],
  ])('does not believe %s', (_title, over, why) => {
    expect(verified(over)).toEqual({ ok: false, why })
  })

  it('verifies with a platform certificate beside a public key', () => {
    const { message, signature_base64 } = java.rsa_verify
    const certificate = new X509Certificate(java.merchant_certificate_pem)
    // The example signs a bare message: its bytes are put where ours would stand.
    const key = {
      certificate: certificate.publicKey,
      other: createPublicKey(java.wechat_pay_public_key_pem),
    }
    expect(rawVerify(key.certificate, message, signature_base64)).toBe(true)
    expect(rawVerify(key.other, message, signature_base64)).toBe(false)
  })

  it('opens what was encrypted, and nothing whose tag, nonce or data is another', () => {
    const { aes_gcm: example, api_v3_key: key } = java
    const { nonce, associated_data, ciphertext } = example
    const sealed = { algorithm: 'AEAD_AES_256_GCM', nonce, associated_data, ciphertext }
    expect(openPayResource(sealed, key)).toBe(example.plaintext)
    for (const wrong of example.must_fail)
      expect(openPayResource({ ...sealed, ...changed(wrong) }, key)).toBeNull()
    const bytes = Buffer.from(ciphertext, 'base64')
    for (let at = 0; at < bytes.length; at += 1) {
      const bent = Buffer.from(bytes)
      bent[at] = (bent[at] ?? 0) ^ 1
      expect(openPayResource({ ...sealed, ciphertext: bent.toString('base64') }, key)).toBeNull()
    }
    expect(openPayResource({ ...sealed, algorithm: 'none' }, key)).toBeNull()
    expect(openPayResource({ ...sealed, ciphertext: '' }, key)).toBeNull()
  })

  it('opens a platform certificate that was encrypted', () => {
    const [told] = java.download_certificates_response.data
    const pem = openPayResource(told.encrypt_certificate, java.api_v3_key)
    expect(new X509Certificate(pem ?? '').serialNumber).toBe(java.download_certificates_serial)
  })

  it('signs requests and payments as the examples do', async () => {
    const { request, pay_sign: paid } = docs
    const ear = await listenAtPay({ prepay_id: paid.prepay_id })
    try {
      const clock = createFakeClock(Number(request.timestamp) * 1_000)
      const pay = new WechatPay(
        {
          ...{ appId: paid.appId, merchantId: '1900007291', serial: 'AB', privateKeyPem },
          ...{ apiV3Key: java.api_v3_key, keys: new Map([[serial, publicKey]]) },
          ...{ askedSerial: serial, notifyUrl: 'https://example.com/x', baseUrl: ear.url },
        },
        new TestClock(clock),
      )
      const payment = pay.phonePayment(paid.prepay_id)
      expect(payment).toMatchObject({ timeStamp: paid.timeStamp, signType: 'RSA' })
      const own = createPublicKey(privateKeyPem)
      const text = [paid.appId, payment.timeStamp, payment.nonceStr, payment.package, '']
      expect(rawVerify(own, text.join('\n'), payment.paySign)).toBe(true)
      const asExample = [
        paid.appId,
        paid.timeStamp,
        paid.nonceStr,
        `prepay_id=${paid.prepay_id}`,
        '',
      ]
      expect(rawVerify(own, asExample.join('\n'), paid.jsapi_paySign)).toBe(true)
      // Nobody signed this answer: it is not believed, and the request was signed all the same.
      const answer = await pay.prepay({
        ...{ orderNo: 'HK123456', description: 'QQ公仔', totalFen: 100, openid: 'o1' },
        expiresAtMs: clock.nowMs() + 60_000,
      })
      expect(answer).toMatchObject({ ok: false, fault: 'unverified', detail: 'headers' })
      const [heard] = ear.heard
      const { timestamp, nonce_str: nonce, signature } = heard?.fields ?? {}
      const said = ['POST', request.url, timestamp, nonce, heard?.body, ''].join('\n')
      expect(rawVerify(own, said, signature ?? '')).toBe(true)
      expect(heard?.serial).toBe(serial)
      const example = ['POST', request.url, request.timestamp, request.nonce, request.body, '']
      expect(rawVerify(own, example.join('\n'), request.signature)).toBe(true)
    } finally {
      await ear.close()
    }
  })

  it('sends what it signed to WeChat Pay and nowhere else', async () => {
    const settings = { baseUrl: 'http://127.0.0.1:1', keys: new Map(), askedSerial: '' }
    const transport = new PayTransport(
      { ...SETTINGS, ...settings },
      new TestClock(createFakeClock()),
    )
    await expect(transport.get('https://evil.example/v3/bill', {})).rejects.toThrow(
      'not WeChat Pay',
    )
    await expect(
      transport.get('https://api.mch.weixin.qq.com.evil.example/v3', {}),
    ).rejects.toThrow('not WeChat Pay')
  })

  it('is set up whole or not at all, with keys that can be read', () => {
    const whole = {
      WECHAT_PAY_MERCHANT_ID: '1900007291',
      WECHAT_PAY_SERIAL: 'abcdef01',
      WECHAT_PAY_PRIVATE_KEY: privateKeyPem,
      WECHAT_PAY_API_V3_KEY: java.api_v3_key,
      WECHAT_PAY_KEYS: `${serial}=${answered.public_key_pem}`,
      WECHAT_PAY_NOTIFY_ORIGIN: 'https://shop.example.com/',
    }
    const parse = (environment: object) =>
      payOf(z.object(paySettings).parse(environment), { appId: 'wx1', isSandbox: false })
    expect(parse({})).toBeNull()
    expect(parse(whole)).toMatchObject({
      ...{ serial: 'ABCDEF01', askedSerial: serial, appId: 'wx1' },
      notifyUrl: 'https://shop.example.com/pay/v1/notices',
    })
    const certificate = java.wechat_pay_certificate_pem
    const { serialNumber } = new X509Certificate(certificate)
    expect(parse({ ...whole, WECHAT_PAY_KEYS: `${serialNumber}=${certificate}` })?.keys.size).toBe(
      1,
    )
    for (const wrong of [
      { WECHAT_PAY_SERIAL: undefined },
      { WECHAT_PAY_PRIVATE_KEY: '-----BEGIN nothing' },
      { WECHAT_PAY_PRIVATE_KEY: 'no-such-file.pem' },
      { WECHAT_PAY_KEYS: `AAAAAAAA=${certificate}` },
      { WECHAT_PAY_KEYS: 'nonsense' },
      { WECHAT_PAY_NOTIFY_ORIGIN: 'http://shop.example.com' },
    ])
      expect(() => parse({ ...whole, ...wrong })).toThrow(ConfigError)
    expect(() => parse({ ...whole, WECHAT_PAY_API_V3_KEY: 'short' })).toThrow('32 bytes')
  })
})

function changed(wrong: { ciphertext_zero_bytes?: number }): Partial<SealedResource> {
  const { ciphertext_zero_bytes: zeros, ...rest } = wrong
  return zeros === undefined ? rest : { ciphertext: Buffer.alloc(zeros).toString('base64') }
}

function rawVerify(key: KeyObject, text: string, signature: string): boolean {
  return verify('sha256', Buffer.from(text), key, Buffer.from(signature, 'base64'))
}
