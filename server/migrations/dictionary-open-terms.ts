import type { ApiKey } from '../integrations/api-key.entity.js'
import type { IdempotencyRecord } from '../integrations/idempotency-record.entity.js'
import type { WebhookDelivery } from '../integrations/webhook-delivery.entity.js'
import type { WebhookSubscription } from '../integrations/webhook-subscription.entity.js'
import type { OnlineOrder } from '../purchases/online-order.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** The tables of the door for integrations. */
export const openTerms: TableTerms[] = [
  termsOf<OnlineOrder>('online_order', ['线上订单', 'online order'], {
    purchaseId: ['对应的消费', 'purchase', 'none'],
    apiKeyId: ['由哪个接入方或导入送来', 'API key or import that handed it in', 'none'],
    channelName: ['下单渠道名称', 'name of the channel', 'none'],
    placedAtMs: ['下单时间', 'placed at', 'none'],
  }),
  termsOf<ApiKey>('api_key', ['接入密钥', 'API key'], {
    id: ['密钥 id', 'key id', 'none'],
    name: ['接入方名称', 'name of the integration', 'none'],
    storeId: ['归属门店', 'store', 'none'],
    keySha256: ['密钥的哈希', 'hash of the key', 'secret'],
    scopes: ['权限，逗号分隔', 'scopes, comma-separated', 'none'],
    state: ['状态', 'state', 'none'],
    createdAtMs: ['建立时间', 'created at', 'none'],
    lastUsedAtMs: ['最近使用时间', 'last used at', 'none'],
    revokedAtMs: ['停用时间', 'revoked at', 'none'],
  }),
  termsOf<IdempotencyRecord>('idempotency_record', ['幂等记录', 'idempotency record'], {
    apiKeyId: ['接入密钥', 'API key', 'none'],
    idempotencyKey: ['幂等键，由调用方给出', 'idempotency key, given by the caller', 'none'],
    inputIndex: ['请求内容的盲索引（HMAC）', 'blind index of the input', 'sealed'],
    status: ['答复的 HTTP 状态', 'status answered', 'none'],
    responseSealed: ['答复内容，加密', 'the answer, sealed', 'sealed'],
    createdAtMs: ['记录时间', 'created at', 'none'],
  }),
  termsOf<WebhookSubscription>('webhook_subscription', ['推送订阅', 'webhook subscription'], {
    id: ['订阅 id', 'subscription id', 'none'],
    apiKeyId: ['接入密钥', 'API key', 'none'],
    storeId: ['门店', 'store', 'none'],
    url: ['推送地址', 'address', 'none'],
    secretSealed: ['签名密钥，加密', 'signing secret, sealed', 'secret'],
    eventTypes: ['事件类型，逗号分隔', 'event types, comma-separated', 'none'],
    state: ['状态', 'state', 'none'],
    createdAtMs: ['建立时间', 'created at', 'none'],
    deletedAtMs: ['删除时间', 'deleted at', 'none'],
  }),
  termsOf<WebhookDelivery>('webhook_delivery', ['推送记录', 'webhook delivery'], {
    id: ['推送 id', 'delivery id', 'none'],
    subscriptionId: ['订阅', 'subscription', 'none'],
    eventId: ['事件', 'event', 'none'],
    state: ['状态：pending、done、dead、cancelled', 'state', 'none'],
    attempts: ['已失败次数', 'failed attempts', 'none'],
    nextAtMs: ['下次推送时间', 'due at', 'none'],
    lastError: ['最近一次错误', 'last error', 'none'],
    createdAtMs: ['建立时间', 'created at', 'none'],
    settledAtMs: ['完成或放弃的时间', 'settled at', 'none'],
  }),
]
