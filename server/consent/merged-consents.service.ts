import { Injectable } from '@nestjs/common'
import type { Tx } from '../platform/database.js'
import type { ConsentState } from './consent-state.entity.js'
import type { Consent } from './consent.entity.js'
import { ConsentService, type NewConsent, type SaidState } from './consent.service.js'
import { stricterOf } from './stricter.js'

// Consent when two records become one, and two again. Facts stay with the record that said them;
// what the stricter word is, is appended as a fact of its own, which names the merge.

/** What became of one purpose. */
export interface MergedConsent {
  purpose: string
  survivorBefore: SaidState | null
  absorbedBefore: SaidState | null
  /** What both say from now on where it is `withdrawn`; else the survivor. */
  after: SaidState | null
}

interface Merging {
  mergeId: string
  survivorId: string
  absorbedId: string
  nowMs: number
}

@Injectable()
export class MergedConsentsService {
  constructor(private readonly consents: ConsentService) {}

  /** The survivor says the stricter of both from now on. */
  async merge(tx: Tx, merging: Merging): Promise<MergedConsent[]> {
    return this.#settle(tx, merging, { how: 'merge', tellBoth: false })
  }

  /** Two again: whatever either has said against, both have said. */
  async undo(tx: Tx, merging: Merging): Promise<MergedConsent[]> {
    return this.#settle(tx, merging, { how: 'merge_undo', tellBoth: true })
  }

  async #settle(
    tx: Tx,
    { mergeId, survivorId, absorbedId, nowMs }: Merging,
    as: { how: 'merge' | 'merge_undo'; tellBoth: boolean },
  ): Promise<MergedConsent[]> {
    const states = await tx.rows<ConsentState>(
      `SELECT memberId, purpose, state, changedAtMs FROM consent_state
       WHERE memberId IN (?, ?) ORDER BY purpose`,
      [survivorId, absorbedId],
    )
    const said = (memberId: string, purpose: string) =>
      states.find((row) => row.memberId === memberId && row.purpose === purpose)
    const settled: MergedConsent[] = []
    const facts: NewConsent[] = []
    for (const purpose of new Set(states.map((row) => row.purpose))) {
      const [own, other] = [said(survivorId, purpose), said(absorbedId, purpose)]
      const [survivorBefore, absorbedBefore] = [wordOf(own), wordOf(other)]
      const after = as.tellBoth
        ? undone(survivorBefore, absorbedBefore)
        : stricterOf(purpose, survivorBefore, absorbedBefore)
      settled.push({ purpose, survivorBefore, absorbedBefore, after })
      const told = [
        { memberId: survivorId, before: own },
        ...(as.tellBoth ? [{ memberId: absorbedId, before: other }] : []),
      ]
      for (const { memberId, before } of told) {
        if (after === null || wordOf(before) === after) continue
        const source = await lastFact(tx, [survivorId, absorbedId], purpose, after)
        facts.push({
          ...{ memberId, state: after, how: as.how, evidence: mergeId, recordedAtMs: nowMs },
          purpose: purpose as NewConsent['purpose'],
          policyVersion: source.policyVersion,
          textSha256: source.textSha256,
          // Never an older word than the one it takes the place of.
          occurredAtMs: Math.max(nowMs, before?.changedAtMs ?? 0),
        })
      }
    }
    await this.consents.append(tx, facts)
    return settled
  }
}

/** Of two records that part: a word against is both's, any other stays with who said it. */
function undone(survivor: SaidState | null, absorbed: SaidState | null): SaidState | null {
  return survivor === 'withdrawn' || absorbed === 'withdrawn' ? 'withdrawn' : null
}

function wordOf(state: ConsentState | undefined): SaidState | null {
  return state === undefined ? null : (state.state as SaidState)
}

/** The fact that the word comes from: it was said about one text, and so is its copy. */
async function lastFact(
  tx: Tx,
  memberIds: readonly [string, string],
  purpose: string,
  state: SaidState,
): Promise<Pick<Consent, 'policyVersion' | 'textSha256'>> {
  const [fact] = await tx.rows<Consent>(
    `SELECT policyVersion, textSha256 FROM consent
     WHERE memberId IN (?, ?) AND purpose = ? AND state = ?
     ORDER BY occurredAtMs DESC, id DESC LIMIT 1`,
    [...memberIds, purpose, state],
  )
  if (!fact) throw new Error(`consent to ${purpose} is ${state}, and no fact says so`)
  return fact
}
