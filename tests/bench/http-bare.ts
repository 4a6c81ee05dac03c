// The floor: node:http, the body parsed, an answer of the usual size. No framework, no checks, no
// database. `node http-bare.js PORT`
import { createServer } from 'node:http'

const answer = { protocol: 'huike-agent/1', results: [{ status: 'accepted', message: null }] }
const PADDING_BYTES = 200

createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(chunks).toString()) as { sentAtMs: number }
    const text = JSON.stringify({
      ...answer,
      at: body.sentAtMs,
      padding: '-'.repeat(PADDING_BYTES),
    })
    response.setHeader('content-type', 'application/json')
    response.end(text)
  })
}).listen(Number(process.argv[2]), '127.0.0.1')
