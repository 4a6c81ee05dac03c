import { createHmac } from 'node:crypto'
import { sha256Hex } from './ids.js'

// Tencent Cloud's request signature, TC3-HMAC-SHA256, for a POST with a JSON body:
// https://cloud.tencent.com/document/api/382/52072

export const TENCENT_CONTENT_TYPE = 'application/json; charset=utf-8'
const ALGORITHM = 'TC3-HMAC-SHA256'
const SIGNED_HEADERS = 'content-type;host;x-tc-action'

export interface TencentCall {
  secretId: string
  secretKey: string
  /** The product, as in its host name: `sms`. */
  service: string
  host: string
  action: string
  /** Unix time in seconds. */
  timestampS: number
  body: string
}

/** The value of the Authorization header of a call. */
export function tencentAuthorization(call: TencentCall): string {
  const date = new Date(call.timestampS * 1000).toISOString().slice(0, 10)
  const canonical = [
    'POST',
    '/',
    '',
    `content-type:${TENCENT_CONTENT_TYPE}`,
    `host:${call.host}`,
    `x-tc-action:${call.action.toLowerCase()}`,
    '',
    SIGNED_HEADERS,
    sha256Hex(call.body),
  ].join('\n')
  const scope = `${date}/${call.service}/tc3_request`
  const text = [ALGORITHM, String(call.timestampS), scope, sha256Hex(canonical)].join('\n')
  const key = ['tc3_request', call.service, date].reduceRight(
    (secret: string | Buffer, part) => hmac(secret, part),
    `TC3${call.secretKey}`,
  )
  const signature = hmac(key, text).toString('hex')
  return `${ALGORITHM} Credential=${call.secretId}/${scope}, SignedHeaders=${SIGNED_HEADERS}, Signature=${signature}`
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
