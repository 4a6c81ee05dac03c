import 'reflect-metadata'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import compress from '@fastify/compress'
import rateLimit from '@fastify/rate-limit'
import fastifyStatic from '@fastify/static'
import { Module, StandardSchemaValidationPipe, type DynamicModule } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger'
import { BATCH_BYTES_MAX } from '@huike/shared/contracts/agent'
import type { FastifyRequest } from 'fastify'
import { DoorsModule } from './doors/doors.module.js'
import { limitOf, limitKeyOf } from './doors/rate-limits.js'
import { keepRawBodies } from './doors/raw-body.js'
import { acceptUploads, UPLOAD_MS_MAX } from './doors/uploads.js'
import { mintId } from './platform/ids.js'
import { NestLogger } from './platform/logger.js'
import { Metrics } from './platform/metrics.js'
import { PlatformModule, type PlatformParts } from './platform/platform.module.js'
import { withOrigin } from './platform/request-origin.js'
import { securityHeaders } from './platform/security-headers.js'
import { invalidInput, ProblemError, ProblemFilter } from './platform/problems.js'

// The HTTP application: one NestJS app on Fastify with every door, the pages and the API document.

const CONNECTION_TIMEOUT_MS = 30_000
const REQUEST_TIMEOUT_MS = 30_000
const MINUTE_MS = 60_000

@Module({})
class AppModule {
  static with(parts: PlatformParts): DynamicModule {
    return { module: AppModule, imports: [PlatformModule.with(parts), DoorsModule] }
  }
}

/** Builds the application around its parts; the caller listens and closes. */
export async function createApp(parts: PlatformParts): Promise<NestFastifyApplication> {
  const { config, logger } = parts
  const adapter = new FastifyAdapter({
    bodyLimit: BATCH_BYTES_MAX,
    trustProxy: (_address, hop) => hop < config.trustedProxies,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: UPLOAD_MS_MAX,
    genReqId: () => mintId(Date.now()),
    routerOptions: { maxParamLength: 100 },
    logger: false,
    forceCloseConnections: 'idle',
  })
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(parts), adapter, {
    logger: new NestLogger(logger),
  })
  await guard(app, parts)
  observe(app, parts)
  app.useGlobalPipes(new StandardSchemaValidationPipe({ exceptionFactory: invalidInput }))
  app.useGlobalFilters(new ProblemFilter(logger))
  await servePages(app)
  document(app)
  await app.init()
  await adapter.getInstance().ready()
  return app
}

/** Headers, limits and bodies. */
async function guard(app: NestFastifyApplication, parts: PlatformParts): Promise<void> {
  const { config } = parts
  const headers = securityHeaders()
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request, reply, done) => {
      reply.headers(headers)
      if (isEmptyDelete(request)) Reflect.deleteProperty(request.headers, 'content-type')
      done()
    })
    .addHook('preHandler', (request, _reply, done) => {
      // What staff do is written down with where it came from.
      if (request.url.startsWith('/console/v1/')) withOrigin(request.ip, done)
      else done()
    })
  await app.register(rateLimit, {
    timeWindow: MINUTE_MS,
    max: (request) => Math.ceil(limitOf(request) * config.rateLimitScale),
    keyGenerator: limitKeyOf,
    errorResponseBuilder: () => new ProblemError('rate_limited'),
  })
  acceptUploads(app, REQUEST_TIMEOUT_MS)
  keepRawBodies(app)
  // Bodies may come gzipped; the body limit counts what they unpack to.
  await app.register(compress, { global: false, globalDecompression: true })
}

/** WeChat names a content type with every request, also where there is no content to be read. */
function isEmptyDelete({ method, headers }: FastifyRequest): boolean {
  const length = headers['content-length'] ?? '0'
  return method === 'DELETE' && length === '0' && headers['transfer-encoding'] === undefined
}

/** One metric and one debug line each request; never the query, which may carry a secret. */
function observe(app: NestFastifyApplication, { logger }: PlatformParts): void {
  const metrics = app.get(Metrics)
  const fastify = app.getHttpAdapter().getInstance()
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown'
    const door = route.split('/')[1] ?? 'root'
    const status = `${String(Math.floor(reply.statusCode / 100))}xx`
    metrics.requests.observe({ door, status }, reply.elapsedTime / 1000)
    logger.debug(
      { requestId: request.id, method: request.method, route, status: reply.statusCode },
      'answered',
    )
    done()
  })
}

/** The console at /console/ and the mini-program's h5 build at /m/, where they have been built. */
async function servePages(app: NestFastifyApplication): Promise<void> {
  const pages = [
    { prefix: '/console/', folder: pageFolder('server/console/dist') },
    { prefix: '/m/', folder: pageFolder('miniapp/dist/h5') },
  ]
  for (const { prefix, folder } of pages)
    await app.register(fastifyStatic, {
      root: folder,
      prefix,
      decorateReply: false,
      redirect: true,
      wildcard: true,
      index: ['index.html'],
    })
  const fastify = app.getHttpAdapter().getInstance()
  fastify.get('/', (_request, reply) => reply.redirect('/console/'))
  for (const { prefix } of pages)
    fastify.get(prefix.slice(0, -1), (_request, reply) => reply.redirect(prefix))
}

/** Finds a page folder from the source tree (tests) as well as from dist/. */
function pageFolder(path: string): string {
  const candidates = ['../', '../../'].map((up) =>
    fileURLToPath(new URL(up + path, import.meta.url)),
  )
  return candidates.find((folder) => existsSync(folder)) ?? candidates.at(-1) ?? path
}

/** OpenAPI at /docs, made from the same schemas that check the requests. */
function document(app: NestFastifyApplication): void {
  const description = new DocumentBuilder()
    .setTitle('Huike 回客')
    .setDescription('Membership for chains of shops: tills, members, managers.')
    .setVersion('0.1.0')
    .addBearerAuth()
    .build()
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, description), {
    jsonDocumentUrl: 'docs/openapi.json',
  })
}
