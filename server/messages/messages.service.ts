import { Injectable } from '@nestjs/common'
import type {
  MessageChannel,
  MessageReason,
  MessageState,
} from '@huike/shared/contracts/console-campaigns'
import { Clock } from '../platform/clock.js'
import { Database, inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import { mintId } from '../platform/ids.js'
import type { Message } from './message.entity.js'
import {
  decideSend,
  type MemberFacts,
  type SendAsk,
  type SendDecision,
  type SendSettings,
} from './send-gate.js'

// Messages as rows: written once for a campaign and a member (unique key), counted, listed, and
// taken back while they wait. What they say is written once and never changed, so there is nothing
// to edit in a campaign that is under way.

const CANCELLED_AT_ONCE_MAX = 1_000
/** A message that could not even be claimed is looked at again after this. */
const PUT_OFF_MS = 600_000

const COLUMNS = [
  'id',
  'memberId',
  'contentId',
  'campaignId',
  'purpose',
  'channels',
  'channel',
  'state',
  'reason',
  'attempts',
  'nextAtMs',
  'unlessBoughtAfterMs',
  'createdAtMs',
  'changedAtMs',
  'sentAtMs',
  'readAtMs',
  'providerId',
] as const satisfies (keyof Message)[]

/** One page of a campaign's audience. */
export interface CampaignPage {
  campaignId: string
  contentId: string
  memberIds: readonly string[]
  channels: readonly MessageChannel[]
  unlessBoughtAfterMs: number
  nowMs: number
}

/** What a member is told about their own membership. */
export interface Notice {
  memberId: string
  title: string
  body: string
}

/** How many messages of a campaign are the same in this. */
export interface MessageTally {
  campaignId: string
  state: MessageState
  reason: MessageReason | null
  channel: MessageChannel | null
  count: number
}

export type ListedMessage = Pick<
  Message,
  | 'id'
  | 'memberId'
  | 'channel'
  | 'state'
  | 'reason'
  | 'nextAtMs'
  | 'changedAtMs'
  | 'sentAtMs'
  | 'readAtMs'
>
const LISTED = 'id, memberId, channel, state, reason, nextAtMs, changedAtMs, sentAtMs, readAtMs'

@Injectable()
export class MessagesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Writes down what messages say; answers its id. */
  async addContent(
    tx: Tx,
    content: { title: string; body: string; nowMs: number },
  ): Promise<string> {
    const id = mintId(content.nowMs)
    await tx.insert(
      'message_content',
      ['id', 'title', 'body', 'createdAtMs'],
      [[id, content.title, content.body, content.nowMs]],
    )
    return id
  }

  /** What messages say, by the id of the content. */
  async contentsOf(
    statements: Statements,
    ids: readonly string[],
  ): Promise<Map<string, { title: string; body: string }>> {
    const rows = await statements.rows<{ id: string; title: string; body: string }>(
      `SELECT id, title, body FROM message_content WHERE id IN ${inList(statements)}`,
      [listParameter(statements, [...new Set(ids)])],
    )
    return new Map(rows.map(({ id, title, body }) => [id, { title, body }]))
  }

  /**
   * Writes one message to each member who has none of this campaign; answers to how many. Somebody
   * may have one before being picked: a record that was picked, and then merged into theirs, brought
   * it along. Throws UniqueViolation when such a merge commits at the same moment.
   */
  async writePage(tx: Tx, page: CampaignPage): Promise<number> {
    const { campaignId, contentId, unlessBoughtAfterMs, nowMs } = page
    const have = await tx.rows<{ memberId: string }>(
      `SELECT memberId FROM message WHERE campaignId = ? AND memberId IN ${inList(tx)}`,
      [campaignId, listParameter(tx, page.memberIds)],
    )
    const served = new Set(have.map(({ memberId }) => memberId))
    const memberIds = page.memberIds.filter((id) => !served.has(id))
    const channels = page.channels.join(',')
    await tx.insert(
      'message',
      COLUMNS,
      memberIds.map((memberId) => [
        ...[mintId(nowMs), memberId, contentId, campaignId, 'marketing', channels],
        ...[null, 'waiting', null, 0, nowMs, unlessBoughtAfterMs, nowMs, nowMs],
        ...[null, null, null],
      ]),
    )
    return memberIds.length
  }

  /**
   * Puts notices about their own membership into the inboxes of members; answers their ids, in order.
   * They advertise nothing and need no grant for marketing (PIPL art. 13 (2)); they ring nowhere, and
   * no other channel carries them.
   */
  async writeNotices(tx: Tx, notices: readonly Notice[], nowMs: number): Promise<string[]> {
    const rows = notices.map(({ memberId, title, body }) => {
      const [contentId, id] = [mintId(nowMs), mintId(nowMs)]
      return {
        id,
        content: [contentId, title, body, nowMs],
        message: [
          ...[id, memberId, contentId, null, 'service', 'inbox', 'inbox', 'sent', null],
          ...[0, nowMs, null, nowMs, nowMs, nowMs, null, null],
        ],
      }
    })
    await tx.insert(
      'message_content',
      ['id', 'title', 'body', 'createdAtMs'],
      rows.map(({ content }) => content),
    )
    await tx.insert(
      'message',
      COLUMNS,
      rows.map(({ message }) => message),
    )
    return rows.map(({ id }) => id)
  }

  /** Takes back messages of a campaign that still wait; true while there may be more. */
  async cancelWaiting(campaignId: string): Promise<boolean> {
    return this.database.write(async (tx) => {
      const rows = await tx.rows<{ id: string }>(
        `SELECT id FROM message WHERE campaignId = ? AND state = 'waiting'
         LIMIT ${String(CANCELLED_AT_ONCE_MAX)}${tx.forUpdate}`,
        [campaignId],
      )
      if (rows.length === 0) return false
      await tx.run(
        `UPDATE message SET state = 'skipped', reason = 'cancelled', changedAtMs = ?
         WHERE id IN ${inList(tx)}`,
        [this.clock.nowMs(), listParameter(tx, rows.map((row) => row.id).sort())],
      )
      return rows.length === CANCELLED_AT_ONCE_MAX
    })
  }

  /** Takes back what waits for these members, and forgets what their providers called the rest. */
  async forget(tx: Tx, memberIds: readonly string[], nowMs: number): Promise<void> {
    const theirs = `memberId IN ${inList(tx)}`
    await tx.run(
      `UPDATE message SET state = 'skipped', reason = 'no_consent', changedAtMs = ?
       WHERE ${theirs} AND state = 'waiting'`,
      [nowMs, listParameter(tx, memberIds)],
    )
    await tx.run(
      `UPDATE message SET providerId = NULL WHERE ${theirs} AND providerId IS NOT NULL`,
      [listParameter(tx, memberIds)],
    )
  }

  /** Puts a waiting message off, so that it does not hold up those behind it. */
  async putOff(id: string): Promise<void> {
    await this.database.write((tx) =>
      tx.run("UPDATE message SET nextAtMs = ? WHERE id = ? AND state = 'waiting'", [
        this.clock.nowMs() + PUT_OFF_MS,
        id,
      ]),
    )
  }

  /** True while a campaign has messages that wait or are being sent. */
  async isUnderWay(statements: Statements, campaignId: string): Promise<boolean> {
    const rows = await statements.rows(
      `SELECT 1 FROM message WHERE campaignId = ? AND state IN ('waiting', 'sending') LIMIT 1`,
      [campaignId],
    )
    return rows.length > 0
  }

  /** The messages of campaigns, counted by state, reason and channel. */
  async tallies(statements: Statements, campaignIds: readonly string[]): Promise<MessageTally[]> {
    if (campaignIds.length === 0) return []
    const rows = await statements.rows<Omit<MessageTally, 'count'> & { count: number | string }>(
      `SELECT campaignId, state, reason, channel, COUNT(*) AS count FROM message
       WHERE campaignId IN ${inList(statements)} GROUP BY campaignId, state, reason, channel`,
      [listParameter(statements, campaignIds)],
    )
    return rows.map((row) => ({ ...row, count: Number(row.count) }))
  }

  /**
   * A page of a campaign's messages; `after` is the key of the last one of the page before: the
   * member's id, or with a `state` the message's own.
   */
  page(
    statements: Statements,
    ask: { campaignId: string; state: MessageState | null; after: string; limit: number },
  ): Promise<ListedMessage[]> {
    const { campaignId, state, after, limit } = ask
    const key = state === null ? 'memberId' : 'id'
    return statements.rows<ListedMessage>(
      `SELECT ${LISTED} FROM message WHERE campaignId = ? ${state === null ? '' : 'AND state = ?'}
         AND ${key} > ? ORDER BY ${key} LIMIT ${String(limit)}`,
      [campaignId, ...(state === null ? [] : [state]), after],
    )
  }

  /** The gate, for those who want to know what it would say. */
  decide(ask: SendAsk, member: MemberFacts, settings: SendSettings, nowMs: number): SendDecision {
    return decideSend(ask, member, settings, nowMs)
  }
}
