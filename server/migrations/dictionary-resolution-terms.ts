import type { StrayPurchase } from '../purchases/stray-purchase.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** What waits for somebody who is not known yet. */
export const resolutionTerms: TableTerms[] = [
  termsOf<StrayPurchase>('stray_purchase', ['待认领的消费', 'purchase that waits for its buyer'], {
    purchaseId: ['消费', 'purchase', 'personal'],
    kind: ['当时留下的身份种类', 'kind of what was named', 'none'],
    namespace: ['所属平台', 'namespace', 'none'],
    valueIndex: ['值的盲索引（HMAC），用于查找', 'blind index of what was named', 'sealed'],
    occurredAtMs: ['消费时间', 'occurred at', 'none'],
  }),
]
