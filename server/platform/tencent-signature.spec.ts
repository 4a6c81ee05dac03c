import { describe, expect, it } from '@jest/globals'
import { tencentAuthorization } from './tencent-signature.js'

/** The worked example of Tencent's documentation; its secrets are printed as asterisks, and signed so. */
const PUBLISHED = {
  secretId: `AKID${'*'.repeat(32)}`,
  secretKey: '*'.repeat(32),
  service: 'cvm',
  host: 'cvm.tencentcloudapi.com',
  action: 'DescribeInstances',
  timestampS: 1_551_113_065,
  body: '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}',
}
const SIGNATURE = '10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f'

describe('the signature of Tencent Cloud', () => {
  it('is the one its documentation works out', () => {
    expect(tencentAuthorization(PUBLISHED)).toBe(
      `TC3-HMAC-SHA256 Credential=${PUBLISHED.secretId}/2019-02-25/cvm/tc3_request, ` +
        `SignedHeaders=content-type;host;x-tc-action, Signature=${SIGNATURE}`,
    )
  })

  it('is another one for another body, action, host, key, product or day', () => {
    const others = [
      { body: '{}' },
      { action: 'SendSms' },
      { host: 'sms.tencentcloudapi.com' },
      { secretKey: 'other' },
      { service: 'sms' },
      { timestampS: PUBLISHED.timestampS + 86_400 },
    ].map((change) => tencentAuthorization({ ...PUBLISHED, ...change }))
    const signatures = others.map((text) => text.split('Signature=')[1])
    expect(new Set([SIGNATURE, ...signatures]).size).toBe(others.length + 1)
  })
})
