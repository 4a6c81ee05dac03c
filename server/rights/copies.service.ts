import { randomBytes } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import { MemberSessionsService } from '../members/member-sessions.service.js'
import { inList, listParameter, valuesOf, type Tx } from '../platform/database.js'
import { mintId, sha256Hex } from '../platform/ids.js'
import type { MemberCopy } from './member-copy.entity.js'

// Links to a copy of what is held of a member. A link belongs to the session that asked and dies with
// it; it lives for minutes, opens a few times, and only the hash of its key is kept. The copy itself is
// made while it is fetched and is nowhere at rest.

export const COPY_LIVES_MS = 600_000
/** A preview, the browser, and once more. */
const FETCHES_MAX = 5
const COPIES_PER_DAY_MAX = 3
const DAY_MS = 86_400_000
const KEY_BYTES = 32

const COLUMNS = [
  'id',
  'memberId',
  'sessionId',
  'tokenSha256',
  'fetchedCount',
  'createdAtMs',
  'expiresAtMs',
] as const satisfies (keyof MemberCopy)[]

@Injectable()
export class CopiesService {
  constructor(private readonly sessions: MemberSessionsService) {}

  /** A new link for a member, who must be locked. Refuses `rate_limited` after three in a day. */
  async issue(
    tx: Tx,
    asked: { memberId: string; sessionId: string; nowMs: number },
  ): Promise<{ ok: true; copy: MemberCopy; token: string } | Refusal> {
    const { memberId, sessionId, nowMs } = asked
    const [row] = await tx.rows<{ count: number | string }>(
      'SELECT COUNT(*) AS count FROM member_copy WHERE memberId = ? AND createdAtMs > ?',
      [memberId, nowMs - DAY_MS],
    )
    if (Number(row?.count ?? 0) >= COPIES_PER_DAY_MAX)
      return refuse('rate_limited', '一天最多取走三次，请明天再试')
    const token = randomBytes(KEY_BYTES).toString('base64url')
    const copy: MemberCopy = {
      ...{ id: mintId(nowMs), memberId, sessionId, tokenSha256: sha256Hex(token) },
      ...{ fetchedCount: 0, createdAtMs: nowMs, expiresAtMs: nowMs + COPY_LIVES_MS },
    }
    await tx.insert('member_copy', COLUMNS, [valuesOf(copy, COLUMNS)])
    return { ok: true, copy, token }
  }

  /**
   * Whose copy a link opens, counting this time. Refuses `not_found`, and `export_expired` when its
   * time, its uses or its session are over.
   */
  async open(
    tx: Tx,
    token: string,
    nowMs: number,
  ): Promise<{ ok: true; memberId: string } | Refusal> {
    const [copy] = await tx.rows<MemberCopy>(
      `SELECT * FROM member_copy WHERE tokenSha256 = ?${tx.forUpdate}`,
      [sha256Hex(token)],
    )
    if (!copy) return refuse('not_found')
    const isOver = copy.expiresAtMs <= nowMs || copy.fetchedCount >= FETCHES_MAX
    if (isOver || !(await this.sessions.current(tx, copy.sessionId)))
      return refuse('export_expired', '链接已失效，请在小程序里重新获取')
    await tx.run('UPDATE member_copy SET fetchedCount = fetchedCount + 1 WHERE id = ?', [copy.id])
    return { ok: true, memberId: copy.memberId }
  }

  /** Forgets the links of these members. */
  async forget(tx: Tx, memberIds: readonly string[]): Promise<void> {
    await tx.run(`DELETE FROM member_copy WHERE memberId IN ${inList(tx)}`, [
      listParameter(tx, memberIds),
    ])
  }
}
