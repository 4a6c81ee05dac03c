// The least that takes a checkout durably over HTTP: NestJS on Fastify, Fastify's own schema check,
// five small tables, micro-batched writes ("what queued while the last transaction flew"), an answer
// after the commit. No tokens, no limits, no points chain, no events, no second look at anything.
// `node http-prototype.js sqlite|mariadb URL PORT`
import 'reflect-metadata'
import { Body, Controller, Module, Post } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, RouteSchema, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { prototypeStore, type Checkout, type Taken } from './prototype-store.js'

const [, , kind = '', url = '', port = ''] = process.argv
const store = await prototypeStore(kind === 'sqlite' ? 'sqlite' : 'mariadb', url)

const text = { type: 'string', minLength: 1, maxLength: 2_000 }
const whole = { type: 'integer', minimum: 0 }
const checkoutSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['idempotencyKey', 'storeId', 'posNo', 'memberPhone', 'total', 'paidAt', 'lines'],
  properties: {
    ...{ idempotencyKey: text, storeId: whole, posNo: text, memberPhone: text },
    ...{ total: whole, paidAt: text, memo: text },
    lines: {
      type: 'array',
      minItems: 1,
      maxItems: 200,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['sku', 'name', 'qty', 'price'],
        properties: { sku: text, name: text, qty: whole, price: whole },
      },
    },
  },
}

@Controller('checkouts')
class CheckoutsController {
  @Post()
  @RouteSchema({ body: checkoutSchema })
  take(@Body() checkout: Checkout): Promise<Taken> {
    return store.take(checkout)
  }
}

@Module({ controllers: [CheckoutsController] })
class PrototypeModule {}

const app = await NestFactory.create<NestFastifyApplication>(
  PrototypeModule,
  new FastifyAdapter(),
  {
    logger: false,
  },
)
await app.listen(Number(port), '127.0.0.1')
