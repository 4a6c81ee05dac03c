import { Injectable } from '@nestjs/common'
import { inList, listParameter, type Statements, type Tx } from '../platform/database.js'

// The inbox of a member: every message that was sent, whatever channel carried it.

export interface InboxRow {
  id: string
  title: string
  body: string
  sentAtMs: number
  readAtMs: number | null
}

@Injectable()
export class InboxService {
  /** Messages sent to a member, newest first; `before` is the last one of the page before. */
  async page(
    statements: Statements,
    ask: { memberId: string; before: { sentAtMs: number; id: string } | null; limit: number },
  ): Promise<InboxRow[]> {
    const { memberId, before, limit } = ask
    // The first condition lets the index end the walk; the second settles one moment's messages.
    const older =
      before === null
        ? ''
        : 'AND m.sentAtMs <= ? AND (m.sentAtMs < ? OR (m.sentAtMs = ? AND m.id < ?))'
    return statements.rows<InboxRow>(
      `SELECT m.id, c.title, c.body, m.sentAtMs, m.readAtMs
       FROM message m JOIN message_content c ON c.id = m.contentId
       WHERE m.memberId = ? AND m.state = 'sent' AND m.sentAtMs IS NOT NULL ${older}
       ORDER BY m.sentAtMs DESC, m.id DESC LIMIT ?`,
      [
        memberId,
        ...(before === null ? [] : [before.sentAtMs, before.sentAtMs, before.sentAtMs, before.id]),
        limit,
      ],
    )
  }

  /** How many messages were sent to a member, and how many of them are unread. */
  async countsOf(
    statements: Statements,
    memberId: string,
  ): Promise<{ sent: number; unread: number }> {
    const [row] = await statements.rows<{ sent: number | string; opened: number | string }>(
      `SELECT COUNT(*) AS sent, COUNT(readAtMs) AS opened FROM message
       WHERE memberId = ? AND state = 'sent'`,
      [memberId],
    )
    const sent = Number(row?.sent ?? 0)
    return { sent, unread: sent - Number(row?.opened ?? 0) }
  }

  /** Marks messages of this member as read; ids of others and of nothing are left alone. */
  async markRead(
    tx: Tx,
    read: { memberId: string; ids: readonly string[]; nowMs: number },
  ): Promise<void> {
    await tx.run(
      `UPDATE message SET readAtMs = ? WHERE id IN ${inList(tx)} AND memberId = ?
       AND state = 'sent' AND readAtMs IS NULL`,
      [read.nowMs, listParameter(tx, read.ids), read.memberId],
    )
  }
}
