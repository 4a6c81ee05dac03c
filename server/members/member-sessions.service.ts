import { createHmac, randomBytes } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { CONFIG, type Config } from '../platform/config.js'
import { inList, listParameter, valuesOf, type Statements, type Tx } from '../platform/database.js'
import { mintId, sha256Hex } from '../platform/ids.js'
import type { MemberSession } from './member-session.entity.js'

// Mini-program sessions. A refresh token is good once: using it gives the next one. A reply may be
// lost on the way, so the token before is answered with the very same next one for half a minute;
// used after that it means that two hold it, and the session ends for both.

const REFRESH_BYTES = 32
const SESSION_MS = 90 * 86_400_000
/** A reply may be lost: the token before the last is forgiven for this long. */
const REUSE_FORGIVEN_MS = 30_000

const COLUMNS = [
  'id',
  'memberId',
  'openidSealed',
  'unionidSealed',
  'refreshSha256',
  'usedRefreshSha256',
  'createdAtMs',
  'expiresAtMs',
  'revokedAtMs',
] as const satisfies (keyof MemberSession)[]

/**
 * Has the member `memberId` (a column) opened the mini-program since an instant? A session that is
 * used is prolonged to a whole session from then, which tells when that was.
 */
export function visitedSince(
  memberId: string,
  sinceMs: number,
): { sql: string; parameters: number[] } {
  return {
    sql: `(SELECT v.id FROM member_session v
      WHERE v.memberId = ${memberId} AND v.expiresAtMs >= ? LIMIT 1) IS NOT NULL`,
    parameters: [sinceMs + SESSION_MS],
  }
}

export interface IssuedSession {
  session: MemberSession
  refreshToken: string
}

@Injectable()
export class MemberSessionsService {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Opens a session; without a member yet when only the openid is known. */
  async open(
    tx: Tx,
    who: { memberId: string | null; openid: string | null; unionid: string | null; nowMs: number },
  ): Promise<IssuedSession> {
    const refreshToken = mintRefreshToken()
    const id = mintId(who.nowMs)
    const session: MemberSession = {
      id,
      memberId: who.memberId,
      openidSealed: who.openid === null ? null : this.config.keyring.seal(who.openid, context(id)),
      unionidSealed:
        who.unionid === null ? null : this.config.keyring.seal(who.unionid, unionContext(id)),
      refreshSha256: sha256Hex(refreshToken),
      usedRefreshSha256: null,
      createdAtMs: who.nowMs,
      expiresAtMs: who.nowMs + SESSION_MS,
      revokedAtMs: null,
    }
    await tx.insert('member_session', COLUMNS, [valuesOf(session, COLUMNS)])
    return { session, refreshToken }
  }

  /** Exchanges a refresh token for the next. Refuses `token_invalid` and `token_expired`. */
  async rotate(
    tx: Tx,
    refreshToken: string,
    nowMs: number,
  ): Promise<({ ok: true } & IssuedSession) | Refusal> {
    const hash = sha256Hex(refreshToken)
    const [session] = await tx.rows<MemberSession>(
      `SELECT * FROM member_session WHERE refreshSha256 = ?${tx.forUpdate}`,
      [hash],
    )
    if (!session) return this.#reused(tx, refreshToken, nowMs)
    if (session.revokedAtMs !== null) return refuse('token_invalid')
    if (session.expiresAtMs < nowMs) return refuse('token_expired')
    const next = this.#tokenAfter(refreshToken)
    await tx.run(
      `UPDATE member_session SET refreshSha256 = ?, usedRefreshSha256 = ?, expiresAtMs = ?
       WHERE id = ? AND refreshSha256 = ?`,
      [sha256Hex(next), hash, nowMs + SESSION_MS, session.id, hash],
    )
    return { ok: true, session, refreshToken: next }
  }

  /** The session behind an access token, if it still stands. */
  async current(statements: Statements, sessionId: string): Promise<MemberSession | null> {
    const [session] = await statements.rows<MemberSession>(
      'SELECT * FROM member_session WHERE id = ? AND revokedAtMs IS NULL',
      [sessionId],
    )
    return session ?? null
  }

  /** The openid a session was opened with, or null. */
  openidOf(session: MemberSession): string | null {
    if (session.openidSealed === null) return null
    return this.config.keyring.open(session.openidSealed, context(session.id))
  }

  /** The unionid a session was opened with, or null. */
  unionidOf(session: MemberSession): string | null {
    if (session.unionidSealed === null) return null
    return this.config.keyring.open(session.unionidSealed, unionContext(session.id))
  }

  /** When each of these members last opened the mini-program; who never did is not in it. */
  async lastUsed(
    statements: Statements,
    memberIds: readonly string[],
  ): Promise<Map<string, number>> {
    if (memberIds.length === 0) return new Map()
    const rows = await statements.rows<{ memberId: string; untilMs: number | string }>(
      `SELECT memberId, MAX(expiresAtMs) AS untilMs FROM member_session
       WHERE memberId IN ${inList(statements)} GROUP BY memberId`,
      [listParameter(statements, memberIds)],
    )
    // A session that is used is prolonged to a whole session from then.
    return new Map(rows.map((row) => [row.memberId, Number(row.untilMs) - SESSION_MS]))
  }

  /** Gives a session its member, once known. */
  async bind(tx: Tx, sessionId: string, memberId: string): Promise<void> {
    await tx.run('UPDATE member_session SET memberId = ? WHERE id = ?', [memberId, sessionId])
  }

  /** Ends a session. */
  async revoke(tx: Tx, sessionId: string, nowMs: number): Promise<void> {
    await tx.run('UPDATE member_session SET revokedAtMs = ? WHERE id = ? AND revokedAtMs IS NULL', [
      nowMs,
      sessionId,
    ])
  }

  /** Ends every session of these members, and forgets the accounts they were opened with. */
  async forget(tx: Tx, memberIds: readonly string[]): Promise<void> {
    await tx.run(`DELETE FROM member_session WHERE memberId IN ${inList(tx)}`, [
      listParameter(tx, memberIds),
    ])
  }

  async #reused(
    tx: Tx,
    refreshToken: string,
    nowMs: number,
  ): Promise<({ ok: true } & IssuedSession) | Refusal> {
    const [session] = await tx.rows<MemberSession>(
      'SELECT * FROM member_session WHERE usedRefreshSha256 = ?',
      [sha256Hex(refreshToken)],
    )
    if (!session || session.revokedAtMs !== null) return refuse('token_invalid')
    // Rotation moves the expiry to a whole session from its moment, which tells when that was.
    const rotatedAtMs = session.expiresAtMs - SESSION_MS
    if (nowMs - rotatedAtMs <= REUSE_FORGIVEN_MS)
      return { ok: true, session, refreshToken: this.#tokenAfter(refreshToken) }
    await this.revoke(tx, session.id, nowMs)
    return refuse('token_invalid')
  }

  /** The token that follows: the same whenever it is asked for, and made by this server only. */
  #tokenAfter(refreshToken: string): string {
    const key = this.config.keyring.tokenKey('refresh')
    return createHmac('sha256', key).update(refreshToken).digest('base64url')
  }
}

function mintRefreshToken(): string {
  return randomBytes(REFRESH_BYTES).toString('base64url')
}

function context(sessionId: string): string {
  return `member_session.openidSealed|${sessionId}`
}

function unionContext(sessionId: string): string {
  return `member_session.unionidSealed|${sessionId}`
}
