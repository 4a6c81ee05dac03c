import { Module } from '@nestjs/common'
import { ApiKeysService } from './api-keys.service.js'
import { IdempotencyService } from './idempotency.service.js'
import { WebhookSenderService } from './webhook-sender.service.js'
import { WebhooksService } from './webhooks.service.js'

@Module({
  providers: [ApiKeysService, IdempotencyService, WebhooksService, WebhookSenderService],
  exports: [ApiKeysService, IdempotencyService, WebhooksService, WebhookSenderService],
})
export class IntegrationsModule {}
