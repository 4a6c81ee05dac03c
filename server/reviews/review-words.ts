import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type Config } from '../platform/config.js'
import type { Review } from './review.entity.js'

/** What was said in a review and about it, sealed each for its own row and column. */
@Injectable()
export class ReviewWords {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  sealText(id: string, text: string): string {
    return this.config.keyring.seal(text, textContext(id))
  }

  sealReason(id: string, reason: string): string {
    return this.config.keyring.seal(reason, reasonContext(id))
  }

  /** What the shopper wrote; null once it is gone. */
  text({ id, textSealed }: Pick<Review, 'id' | 'textSealed'>): string | null {
    return textSealed === null ? null : this.config.keyring.open(textSealed, textContext(id))
  }

  /** Why it was declined; null where it was not, or once that is gone. */
  reason({ id, reasonSealed }: Pick<Review, 'id' | 'reasonSealed'>): string | null {
    return reasonSealed === null ? null : this.config.keyring.open(reasonSealed, reasonContext(id))
  }
}

function textContext(id: string): string {
  return `review.textSealed|${id}`
}

function reasonContext(id: string): string {
  return `review.reasonSealed|${id}`
}
