import { Injectable } from '@nestjs/common'
import { inList, listParameter, type Tx } from '../platform/database.js'

// Messages that go from one record of a person to another. Where both had one of the same campaign,
// the one stays behind: nobody is written to twice, and a campaign has each person once.

const IDS_PER_STATEMENT = 1_000

@Injectable()
export class MessageOwnersService {
  /** The messages of one record that another one may take over; locked. */
  async movable(tx: Tx, fromMemberId: string, toMemberId: string): Promise<string[]> {
    const rows = await tx.rows<{ id: string; campaignId: string | null }>(
      `SELECT id, campaignId FROM message WHERE memberId = ? ORDER BY id${tx.forUpdate}`,
      [fromMemberId],
    )
    const campaignIds = rows.flatMap(({ campaignId }) => campaignId ?? [])
    const taken = new Set<string>()
    if (campaignIds.length > 0)
      for (const { campaignId } of await tx.rows<{ campaignId: string }>(
        `SELECT campaignId FROM message WHERE memberId = ? AND campaignId IN ${inList(tx)}`,
        [toMemberId, listParameter(tx, campaignIds)],
      ))
        taken.add(campaignId)
    return rows.filter((row) => !taken.has(row.campaignId ?? '')).map(({ id }) => id)
  }

  /** Gives messages to another record, those that are `fromMemberId`'s; answers which they were. */
  async give(
    tx: Tx,
    ids: readonly string[],
    { fromMemberId, toMemberId }: { fromMemberId: string; toMemberId: string },
  ): Promise<string[]> {
    const given: string[] = []
    for (let at = 0; at < ids.length; at += IDS_PER_STATEMENT) {
      const list = listParameter(tx, ids.slice(at, at + IDS_PER_STATEMENT))
      const rows = await tx.rows<{ id: string }>(
        `SELECT id FROM message WHERE id IN ${inList(tx)} AND memberId = ?${tx.forUpdate}`,
        [list, fromMemberId],
      )
      given.push(...rows.map(({ id }) => id))
      await tx.run(`UPDATE message SET memberId = ? WHERE id IN ${inList(tx)} AND memberId = ?`, [
        toMemberId,
        list,
        fromMemberId,
      ])
    }
    return given
  }
}
