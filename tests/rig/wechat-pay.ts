// What is sent to WeChat Pay, heard by a server that answers without a signature.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface HeardPayCall {
  method: string
  path: string
  body: string
  serial: string | undefined
  /** What stands in the authorization. */
  fields: Record<string, string>
}

export interface PayEar {
  url: string
  heard: HeardPayCall[]
  close(): Promise<void>
}

/** Listens on a free loopback port and answers everything with `answer`, unsigned. */
export async function listenAtPay(answer: object): Promise<PayEar> {
  const heard: HeardPayCall[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const said = request.headers.authorization ?? ''
      heard.push({
        method: request.method ?? '',
        path: request.url ?? '',
        body: Buffer.concat(parts).toString('utf8'),
        serial: request.headers['wechatpay-serial'] as string | undefined,
        fields: Object.fromEntries(
          [...said.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
        ),
      })
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${String(port)}`,
    heard,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}
