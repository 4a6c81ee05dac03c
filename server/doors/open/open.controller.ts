import {
  applyDecorators,
  Body,
  Controller,
  Delete,
  Get,
  Param,
  Post,
  Res,
  UseGuards,
} from '@nestjs/common'
import { ApiBearerAuth, ApiHeader, ApiTags } from '@nestjs/swagger'
import {
  onlineOrderAnswerSchema,
  onlineOrderSchema,
  openLookupAnswerSchema,
  openLookupSchema,
  webhookCreatedSchema,
  webhookDeletedSchema,
  webhookListSchema,
  webhookRequestSchema,
  type ApiScope,
  type OnlineOrder,
  type OnlineOrderAnswer,
  type OpenLookup,
  type OpenLookupAnswer,
  type WebhookCreated,
  type WebhookDeleted,
  type WebhookList,
  type WebhookRequest,
} from '@huike/shared/contracts/open'
import { isUlid, type Id } from '@huike/shared/ids'
import type { FastifyReply } from 'fastify'
import { TakeOrdersService } from '../../flows/take-orders.service.js'
import type { ActingKey } from '../../integrations/api-keys.service.js'
import { IdempotencyService, type Once } from '../../integrations/idempotency.service.js'
import { WebhooksService } from '../../integrations/webhooks.service.js'
import { ProblemError, raise } from '../../platform/problems.js'
import { Answers } from '../answers.js'
import { ApiKeyGuard, CallingKey, IdempotencyKey, NeedsScope } from './api-key.guard.js'
import { OpenMembersService } from './open-members.service.js'

const REPLAYED_HEADER = 'idempotent-replayed'

/** A route that changes something: it needs a scope, and an Idempotency-Key. */
function Changes(scope: ApiScope): MethodDecorator {
  return applyDecorators(
    NeedsScope(scope),
    ApiHeader({
      name: 'Idempotency-Key',
      required: true,
      description: 'The same key with the same input is answered the same, and done once.',
      schema: { type: 'string', minLength: 1, maxLength: 64 },
    }),
  )
}

/** The door of integrations: /open/v1. */
@ApiTags('open')
@ApiBearerAuth()
@UseGuards(ApiKeyGuard)
@Controller('open/v1')
export class OpenController {
  constructor(
    private readonly orders: TakeOrdersService,
    private readonly members: OpenMembersService,
    private readonly webhooks: WebhooksService,
    private readonly idempotency: IdempotencyService,
  ) {}

  @Post('orders')
  @Changes('orders:write')
  @Answers(onlineOrderAnswerSchema)
  async takeOrder(
    @CallingKey() key: ActingKey,
    @IdempotencyKey() idempotencyKey: string,
    @Body({ schema: onlineOrderSchema }) order: OnlineOrder,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OnlineOrderAnswer> {
    return told(await this.orders.take(key, idempotencyKey, order), reply)
  }

  @Post('members/lookup')
  @NeedsScope('members:read')
  @Answers(openLookupAnswerSchema)
  async lookup(@Body({ schema: openLookupSchema }) request: OpenLookup): Promise<OpenLookupAnswer> {
    const found = await this.members.lookup(request.phone)
    if (!found.ok) raise(found)
    return found.answer
  }

  @Post('webhooks')
  @Changes('webhooks:manage')
  @Answers(webhookCreatedSchema)
  async createWebhook(
    @CallingKey() key: ActingKey,
    @IdempotencyKey() idempotencyKey: string,
    @Body({ schema: webhookRequestSchema }) request: WebhookRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WebhookCreated> {
    const call = { apiKeyId: key.id, idempotencyKey, operation: 'POST webhooks', input: request }
    const once = await this.idempotency.once(call, (tx) => this.webhooks.create(tx, key, request))
    return told(once, reply)
  }

  @Get('webhooks')
  @NeedsScope('webhooks:manage')
  @Answers(webhookListSchema)
  async listWebhooks(@CallingKey() key: ActingKey): Promise<WebhookList> {
    return { webhooks: await this.webhooks.list(key.id) }
  }

  @Delete('webhooks/:id')
  @Changes('webhooks:manage')
  @Answers(webhookDeletedSchema)
  async deleteWebhook(
    @CallingKey() key: ActingKey,
    @IdempotencyKey() idempotencyKey: string,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WebhookDeleted> {
    if (!isUlid(id)) throw new ProblemError('not_found')
    const call = { apiKeyId: key.id, idempotencyKey, operation: 'DELETE webhooks', input: id }
    const once = await this.idempotency.once<WebhookDeleted>(call, async (tx) => {
      const deleted = await this.webhooks.delete(tx, key.id, id)
      return deleted.ok
        ? { ok: true, answer: { id: id as Id<'WebhookId'>, deleted: true } }
        : deleted
    })
    return told(once, reply)
  }
}

/** The answer, or the refusal as a problem; either way the caller learns whether it is a replay. */
function told<T>(once: Once<T>, reply: FastifyReply): T {
  if (once.replayed) void reply.header(REPLAYED_HEADER, 'true')
  if (!once.ok) raise(once)
  return once.answer
}
