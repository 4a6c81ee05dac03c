import { Injectable } from '@nestjs/common'
import type { Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'

// What staff did that must be answered for. Rows are appended in the transaction of the deed, so
// that neither is there without the other; they are never changed.

const DETAIL_CHARACTERS_MAX = 200

export interface Deed {
  staffId: string
  /** `noun.verb_past`: staff.changed, terminal.revoked, member.phone_viewed; at most 32 characters. */
  action: string
  /** Who or what it was done to; null when that is no single row. */
  subjectId: string | null
  /** Why, or what exactly; never personal data. Cut to 200 characters. */
  detail: string | null
  atMs: number
}

@Injectable()
export class StaffAuditService {
  /** Writes down a deed, in the transaction that does it. */
  async append(tx: Tx, deed: Deed): Promise<void> {
    await tx.insert(
      'staff_audit',
      ['id', 'staffId', 'action', 'subjectId', 'detail', 'atMs'],
      [
        [
          mintId(deed.atMs),
          deed.staffId,
          deed.action,
          deed.subjectId,
          deed.detail === null ? null : [...deed.detail].slice(0, DETAIL_CHARACTERS_MAX).join(''),
          deed.atMs,
        ],
      ],
    )
  }
}
