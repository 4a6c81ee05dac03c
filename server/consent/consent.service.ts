import { Injectable } from '@nestjs/common'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { CONSENT_PURPOSES, PURPOSE_TEXTS, type ConsentPurpose } from '@huike/shared/purposes'
import {
  inList,
  listParameter,
  valuesOf,
  type SqlParameter,
  type Statements,
  type Tx,
} from '../platform/database.js'
import { lockAnswering } from '../members/answering.service.js'
import { isOfStores } from '../members/person.service.js'
import { mintId, sha256Hex } from '../platform/ids.js'
import type { ConsentState } from './consent-state.entity.js'
import type { Consent } from './consent.entity.js'

// Consent as appended facts: what a person was told, granted or withdrew, when, how, and by which
// text. A cashier can only record that the notice was shown; granting is the shopper's own.
// What somebody says now stands in `consent_state`, moved in the transaction of the fact that says
// so. Facts may arrive out of order: the later word counts, and of two at one moment the stricter.

export interface NewConsent {
  memberId: string
  purpose: 'membership' | ConsentPurpose
  state: 'noticed' | 'granted' | 'withdrawn'
  policyVersion: string
  textSha256: string
  how: 'till_notice' | 'wechat_phone' | 'member_page' | 'deletion_asked' | 'merge' | 'merge_undo'
  /** What proves it: the id of the event or the session. */
  evidence: string
  occurredAtMs: number
  recordedAtMs: number
}

/** What a member says to a purpose; who was never asked is in no map. */
export type SaidState = 'granted' | 'withdrawn'

export interface SaidConsent {
  state: SaidState
  changedAtMs: number
}

/** How often something was said to a purpose, in one way. */
export interface ConsentCount {
  purpose: string
  how: string
  state: NewConsent['state']
  facts: number | string
}

export interface ConsentChanged {
  memberId: string
  purpose: ConsentPurpose
  isGranted: boolean
  /** The version of the text that was on the screen. */
  policyVersion: string
  how: NewConsent['how']
  evidence: string
  nowMs: number
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
const STATE_COLUMNS = [
  'memberId',
  'purpose',
  'state',
  'changedAtMs',
] as const satisfies (keyof ConsentState)[]

@Injectable()
export class ConsentService {
  /** Appends facts, and moves what they say now. A notice that was shown says nothing yet. */
  async append(tx: Tx, facts: readonly NewConsent[]): Promise<void> {
    const rows = facts.map((fact): Consent => ({ id: mintId(fact.recordedAtMs), ...fact }))
    await tx.insert(
      'consent',
      COLUMNS,
      rows.map((row) => valuesOf(row, COLUMNS)),
    )
    const said = facts.filter((fact) => fact.state !== 'noticed')
    if (said.length === 0) return
    await lockMembers(tx, [...new Set(said.map((fact) => fact.memberId))])
    for (const fact of said) await moveState(tx, fact)
  }

  /**
   * A member grants or withdraws. A grant needs the text in force, else `policy_changed`; a
   * withdrawal is taken with any. Saying the same again changes nothing and leaves no fact.
   */
  async change(tx: Tx, change: ConsentChanged): Promise<{ ok: true } | Refusal> {
    const { purpose, isGranted, nowMs } = change
    const { policyVersion, text } = PURPOSE_TEXTS[purpose]
    if (isGranted && change.policyVersion !== policyVersion) return refuse('policy_changed')
    // Whoever was merged a moment ago says it as the one who answers for them now.
    const memberId = (await lockAnswering(tx, change.memberId))?.id ?? change.memberId
    const state = isGranted ? 'granted' : 'withdrawn'
    const said = (await this.saidBy(tx, memberId, [purpose])).get(purpose)
    const isSaid = said?.state === state
    // A grant is said again when the text it was given for has changed since.
    if (isSaid && (!isGranted || (await lastVersion(tx, memberId, purpose)) === policyVersion))
      return { ok: true }
    await this.append(tx, [
      {
        memberId,
        purpose,
        state,
        policyVersion,
        textSha256: sha256Hex(text),
        how: change.how,
        evidence: change.evidence,
        // A clock that was put back, or another server's, must not make a withdrawal the older word.
        occurredAtMs: Math.max(nowMs, said?.changedAtMs ?? nowMs),
        recordedAtMs: nowMs,
      },
    ])
    return { ok: true }
  }

  /** What members say to purposes now, by member and purpose. */
  async statesOf(
    statements: Statements,
    memberIds: readonly string[],
    purposes: readonly NewConsent['purpose'][],
  ): Promise<Map<string, Map<string, SaidState>>> {
    const states = new Map<string, Map<string, SaidState>>()
    for (const row of await this.#rows(statements, memberIds, purposes)) {
      const ofMember = states.get(row.memberId) ?? new Map<string, SaidState>()
      states.set(row.memberId, ofMember.set(row.purpose, row.state as SaidState))
    }
    return states
  }

  /** What one member says to each purpose, with since when. */
  async saidBy(
    statements: Statements,
    memberId: string,
    purposes: readonly NewConsent['purpose'][],
  ): Promise<Map<string, SaidConsent>> {
    const rows = await this.#rows(statements, [memberId], purposes)
    return new Map(
      rows.map(({ purpose, state, changedAtMs }) => [
        purpose,
        { state: state as SaidState, changedAtMs },
      ]),
    )
  }

  /** What a member was told, granted and withdrew, the latest first and at most `limit`. */
  factsOf(statements: Statements, memberId: string, limit: number): Promise<Consent[]> {
    return statements.rows<Consent>(
      `SELECT * FROM consent WHERE memberId = ? ORDER BY occurredAtMs DESC, id DESC
       LIMIT ${String(limit)}`,
      [memberId],
    )
  }

  /**
   * A page of facts, newest recorded first; `before` is the last one of the page before. `scope` null
   * stands for every store: else of members who registered or bought there.
   */
  page(
    statements: Statements,
    ask: {
      memberId: string | null
      purpose: string | null
      /** Null: from the first on, and to the last. */
      fromMs: number | null
      untilMs: number | null
      scope: readonly string[] | null
      before: { atMs: number; id: string } | null
      limit: number
    },
  ): Promise<Consent[]> {
    const { memberId, purpose, fromMs, untilMs, scope, before, limit } = ask
    const conditions = [
      // A stretch without an end is no condition: MariaDB would read the table and sort it.
      ...(fromMs === null ? [] : [{ sql: 'c.recordedAtMs >= ?', parameters: [fromMs] }]),
      ...(untilMs === null ? [] : [{ sql: 'c.recordedAtMs < ?', parameters: [untilMs] }]),
      ...(memberId === null ? [] : [{ sql: 'c.memberId = ?', parameters: [memberId] }]),
      ...(purpose === null ? [] : [{ sql: 'c.purpose = ?', parameters: [purpose] }]),
      ...(scope === null ? [] : [isOfStores(statements, 'c.memberId', scope)]),
      ...(before === null
        ? []
        : [
            {
              sql: 'c.recordedAtMs <= ? AND (c.recordedAtMs < ? OR c.id < ?)',
              parameters: [before.atMs, before.atMs, before.id],
            },
          ]),
    ]
    const where = conditions.map(({ sql }) => sql).join(' AND ')
    return statements.rows<Consent>(
      `SELECT c.* FROM consent c ${where === '' ? '' : `WHERE ${where}`}
       ORDER BY c.recordedAtMs DESC, c.id DESC LIMIT ${String(limit)}`,
      conditions.flatMap(({ parameters }): SqlParameter[] => parameters),
    )
  }

  /** How many facts of a stretch of time there are, by purpose, way and state; `scope` as above. */
  counts(
    statements: Statements,
    ask: { fromMs: number; untilMs: number; scope: readonly string[] | null },
  ): Promise<ConsentCount[]> {
    const within = ask.scope === null ? null : isOfStores(statements, 'c.memberId', ask.scope)
    return statements.rows<ConsentCount>(
      `SELECT c.purpose, c.how, c.state, COUNT(*) AS facts FROM consent c
       WHERE c.recordedAtMs >= ? AND c.recordedAtMs < ?${within ? ` AND ${within.sql}` : ''}
       GROUP BY c.purpose, c.how, c.state ORDER BY c.purpose, c.how, c.state`,
      [ask.fromMs, ask.untilMs, ...(within?.parameters ?? [])],
    )
  }

  /** Withdraws every purpose that these members, who must be locked, have granted. */
  async withdrawAll(
    tx: Tx,
    memberIds: readonly string[],
    by: Pick<ConsentChanged, 'how' | 'evidence' | 'nowMs'>,
  ): Promise<void> {
    const granted = await this.statesOf(tx, memberIds, CONSENT_PURPOSES)
    for (const [memberId, said] of granted)
      for (const [purpose, state] of said)
        if (state === 'granted')
          await this.change(tx, {
            ...by,
            memberId,
            purpose: purpose as ConsentPurpose,
            isGranted: false,
            policyVersion: '',
          })
  }

  /**
   * Forgets what these members say now. What they were told, granted and withdrew, and when, stays
   * under ids that stand for nobody: it proves that earlier messages were allowed.
   */
  async forget(tx: Tx, memberIds: readonly string[]): Promise<void> {
    await tx.run(`DELETE FROM consent_state WHERE memberId IN ${inList(tx)}`, [
      listParameter(tx, memberIds),
    ])
  }

  #rows(
    statements: Statements,
    memberIds: readonly string[],
    purposes: readonly string[],
  ): Promise<ConsentState[]> {
    if (memberIds.length === 0 || purposes.length === 0) return Promise.resolve([])
    return statements.rows<ConsentState>(
      `SELECT memberId, purpose, state, changedAtMs FROM consent_state
       WHERE memberId IN ${inList(statements)} AND purpose IN ${inList(statements)}`,
      [listParameter(statements, memberIds), listParameter(statements, purposes)],
    )
  }
}

/** The version of the text that the latest grant was given for. */
async function lastVersion(tx: Tx, memberId: string, purpose: string): Promise<string | null> {
  const [last] = await tx.rows<Pick<Consent, 'policyVersion'>>(
    `SELECT policyVersion FROM consent WHERE memberId = ? AND purpose = ? AND state = 'granted'
     ORDER BY recordedAtMs DESC, id DESC LIMIT 1`,
    [memberId, purpose],
  )
  return last?.policyVersion ?? null
}

/** Changes of one member wait for each other here: a first word has no row of its own to wait for. */
async function lockMembers(tx: Tx, memberIds: readonly string[]): Promise<void> {
  await tx.rows(`SELECT id FROM member WHERE id IN ${inList(tx)} ORDER BY id${tx.forUpdate}`, [
    listParameter(tx, memberIds),
  ])
}

async function moveState(tx: Tx, fact: NewConsent): Promise<void> {
  const { memberId, purpose, state, occurredAtMs } = fact
  const [current] = await tx.rows<ConsentState>(
    'SELECT memberId, purpose, state, changedAtMs FROM consent_state WHERE memberId = ? AND purpose = ?',
    [memberId, purpose],
  )
  if (!current) {
    const row: ConsentState = { memberId, purpose, state, changedAtMs: occurredAtMs }
    await tx.insert('consent_state', STATE_COLUMNS, [valuesOf(row, STATE_COLUMNS)])
    return
  }
  const isLater = occurredAtMs > current.changedAtMs
  const isStricter = occurredAtMs === current.changedAtMs && state === 'withdrawn'
  if (!isLater && !isStricter) return
  await tx.run(
    'UPDATE consent_state SET state = ?, changedAtMs = ? WHERE memberId = ? AND purpose = ?',
    [state, occurredAtMs, memberId, purpose],
  )
}
