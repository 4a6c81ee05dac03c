import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import { PAY_NOTICE_PATH } from '../platform/pay-settings.js'
import { ProblemError } from '../platform/problems.js'

// The bytes of a body beside what they were parsed to: a signature is over the bytes. Only of the
// route that has one, and no more of them than a notification has.

const BYTES_MAX = 100_000

const bodies = new WeakMap<FastifyRequest, Buffer>()

/** Keeps the bytes of payment notifications as they come. */
export function keepRawBodies(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('preParsing', async (request, _reply, payload) => {
      if (request.routeOptions.url !== PAY_NOTICE_PATH) return payload
      const parts: Buffer[] = []
      let bytes = 0
      for await (const part of payload) {
        parts.push(part as Buffer)
        bytes += (part as Buffer).length
        if (bytes > BYTES_MAX) throw new ProblemError('body_too_large')
      }
      const body = Buffer.concat(parts)
      bodies.set(request, body)
      return Object.assign(Readable.from([body]), { receivedEncodedLength: bytes })
    })
}

/** The bytes of a body that was kept. */
export function rawBodyOf(request: FastifyRequest): Buffer {
  return bodies.get(request) ?? Buffer.alloc(0)
}
