import {
  blindIndexWord,
  countWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
  sha256Word,
  textWord,
} from '../platform/columns.js'
import { createsTable } from '../platform/schema.js'

// The door of integrations: keys, answers given, webhooks, and what online orders add.

/** Migrations 20 to 24. */
export const openTables = [
  createsTable(20, 'api_key', {
    columns: {
      id: idWord,
      name: keyWord(100),
      storeId: idWord,
      keySha256: sha256Word,
      scopes: keyWord(255),
      state: keyWord(16),
      createdAtMs: integerWord,
      lastUsedAtMs: nullable(integerWord),
      revokedAtMs: nullable(integerWord),
    },
    primary: ['id'],
    index: { ix_api_key_store: ['storeId'] },
  }),
  createsTable(21, 'idempotency_record', {
    columns: {
      apiKeyId: idWord,
      idempotencyKey: keyWord(64),
      inputIndex: blindIndexWord,
      status: countWord,
      responseSealed: textWord,
      createdAtMs: integerWord,
    },
    primary: ['apiKeyId', 'idempotencyKey'],
    index: { ix_idempotency_record_created: ['createdAtMs'] },
  }),
  createsTable(22, 'webhook_subscription', {
    columns: {
      id: idWord,
      apiKeyId: idWord,
      storeId: idWord,
      url: textWord,
      secretSealed: textWord,
      eventTypes: keyWord(255),
      state: keyWord(16),
      createdAtMs: integerWord,
      deletedAtMs: nullable(integerWord),
    },
    primary: ['id'],
    index: {
      ix_webhook_subscription_key: ['apiKeyId', 'state'],
      ix_webhook_subscription_store: ['state', 'storeId'],
    },
  }),
  createsTable(23, 'webhook_delivery', {
    columns: {
      id: idWord,
      subscriptionId: idWord,
      eventId: idWord,
      state: keyWord(16),
      attempts: countWord,
      nextAtMs: integerWord,
      lastError: nullable(keyWord(255)),
      createdAtMs: integerWord,
      settledAtMs: nullable(integerWord),
    },
    primary: ['id'],
    unique: { ux_webhook_delivery_event: ['subscriptionId', 'eventId'] },
    index: { ix_webhook_delivery_due: ['state', 'nextAtMs'] },
  }),
  createsTable(24, 'online_order', {
    columns: {
      purchaseId: idWord,
      apiKeyId: idWord,
      channelName: keyWord(64),
      placedAtMs: integerWord,
    },
    primary: ['purchaseId'],
  }),
]
