import { Injectable } from '@nestjs/common'
import { valuesOf, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { Consent } from './consent.entity.js'

// Consent as appended facts: what a person was told, granted or withdrew, when, how, and by which
// text. A cashier can only record that the notice was shown; granting is the shopper's own.

export interface NewConsent {
  memberId: string
  purpose: 'membership'
  state: 'noticed' | 'granted'
  policyVersion: string
  textSha256: string
  how: 'till_notice' | 'wechat_phone'
  /** What proves it: the id of the event or the session. */
  evidence: string
  occurredAtMs: number
  recordedAtMs: number
}

const COLUMNS = [
  'id',
  'memberId',
  'purpose',
  'state',
  'policyVersion',
  'textSha256',
  'how',
  'evidence',
  'occurredAtMs',
  'recordedAtMs',
] as const satisfies (keyof Consent)[]

@Injectable()
export class ConsentService {
  /** Appends facts. */
  async append(tx: Tx, facts: readonly NewConsent[]): Promise<void> {
    const rows = facts.map((fact): Consent => ({ id: mintId(fact.recordedAtMs), ...fact }))
    await tx.insert(
      'consent',
      COLUMNS,
      rows.map((row) => valuesOf(row, COLUMNS)),
    )
  }
}
