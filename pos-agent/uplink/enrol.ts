import { enrolAnswerSchema } from '@huike/shared/contracts/agent'
import type { EnrolAnswer } from '@huike/shared/contracts/agent'
import { outcomeSentence } from '@huike/shared/outcomes'
import { AGENT_VERSION } from '../platform/version.js'
import { writeEnrolment } from '../store/enrolment.js'
import { mintDeviceKey } from './device-token.js'
import type { ServerClient } from './server-client.js'

export type EnrolResult = { ok: true; answer: EnrolAnswer } | { ok: false; sentence: string }

/**
 * Takes a one-time code to the server with a key minted here, and keeps who this till now is.
 * Refusals come back as a Chinese sentence.
 */
export async function enrol(input: {
  client: ServerClient
  serverUrl: string
  code: string
  dataDirectory: string
  key: Uint8Array
}): Promise<EnrolResult> {
  const device = mintDeviceKey()
  const exchange = await input.client.ask({
    method: 'POST',
    path: 'agent/v1/enrol',
    body: { code: input.code, publicKey: device.publicKey, agentVersion: AGENT_VERSION },
  })
  if (exchange.kind === 'problem')
    return { ok: false, sentence: outcomeSentence(exchange.problem.code) }
  if (exchange.kind === 'unreachable')
    return { ok: false, sentence: `连不上服务器 ${input.serverUrl}(${exchange.reason})` }
  const answer = exchange.kind === 'answer' ? enrolAnswerSchema.safeParse(exchange.body) : null
  if (!answer?.success)
    return {
      ok: false,
      sentence: `${input.serverUrl} 的回答不是回客服务器的，请检查地址和网络登录页`,
    }
  const { terminalId, terminalCode, storeId, storeCode, storeName, timeZone } = answer.data
  writeEnrolment(input.dataDirectory, input.key, {
    terminalId,
    terminalCode,
    storeId,
    storeCode,
    storeName,
    timeZone,
    serverUrl: input.serverUrl,
    privateKeyPem: device.privateKeyPem,
  })
  return { ok: true, answer: answer.data }
}
