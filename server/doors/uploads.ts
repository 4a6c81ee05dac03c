import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Readable } from 'node:stream'
import { ProblemError } from '../platform/problems.js'

// Files that stream in. Every other request has its body within the time and size it always had; only
// the routes of uploads may take as long as a slow line needs.

export const UPLOAD_TYPE = 'application/octet-stream'
/** The longest an upload may take. */
export const UPLOAD_MS_MAX = 15 * 60_000
const UPLOAD_ROUTES: readonly string[] = [
  '/console/v1/imports',
  '/console/v1/coupons/templates/:id/codes',
]
/** A refused upload is listened to for so long, that its sender hears the answer. */
const LINGER_MS = 5_000

/** Lets bodies of files through as streams, and holds all others to `bodyMs`. */
export function acceptUploads(app: NestFastifyApplication, bodyMs: number): void {
  const fastify = app.getHttpAdapter().getInstance()
  fastify.addContentTypeParser(UPLOAD_TYPE, (request, payload, done) => {
    const isUpload = UPLOAD_ROUTES.includes(request.routeOptions.url ?? '')
    if (isUpload) done(null, payload)
    else done(new ProblemError('media_type_unsupported'))
  })
  fastify.server.headersTimeout = bodyMs
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { url } = request.routeOptions
    if (request.method !== 'GET' && !UPLOAD_ROUTES.includes(url ?? '')) {
      const timer = setTimeout(() => {
        if (!request.raw.complete) request.raw.destroy()
      }, bodyMs)
      timer.unref()
      request.raw.once('close', () => {
        clearTimeout(timer)
      })
    }
    done()
  })
}

/**
 * The file a request carries, to be read once. Raises `file_too_large` before a byte is read when
 * it says so itself, and `media_type_unsupported` for another type.
 */
export function uploadOf(request: FastifyRequest, bytesMax: number): AsyncIterable<Uint8Array> {
  const body = request.body as Readable | undefined
  if (typeof body?.iterator !== 'function') throw new ProblemError('media_type_unsupported')
  if (Number(request.headers['content-length'] ?? 0) > bytesMax)
    throw new ProblemError('file_too_large')
  // Left early, the stream stays open: closing it would take the answer with it.
  return { [Symbol.asyncIterator]: () => body.iterator({ destroyOnReturn: false }) }
}

/** Ends a request whose body is not wanted any more, once its sender had time to hear why. */
export function hangUp(request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('connection', 'close')
  const { raw } = request
  raw.resume()
  const timer = setTimeout(() => {
    raw.destroy()
  }, LINGER_MS)
  timer.unref()
  raw.once('close', () => {
    clearTimeout(timer)
  })
}
