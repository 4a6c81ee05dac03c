// Messages as the sender leaves them, written by hand.
import { mintId } from '../../server/platform/ids.js'
import type { TestServer } from './server.js'

export interface WrittenMessage {
  title?: string
  state?: string
  sentAtMs?: number | null
  channel?: string
}

/** Writes a message to a member, sent now unless `change` says otherwise; answers its id. */
export async function writeMessage(
  server: TestServer,
  memberId: string,
  change: WrittenMessage = {},
): Promise<string> {
  const nowMs = server.clock.nowMs()
  const { title = '会员日', state = 'sent', sentAtMs = nowMs, channel = 'inbox' } = change
  const [id, contentId] = [mintId(nowMs), mintId(nowMs)]
  const row = {
    ...{ id, memberId, contentId, campaignId: null, purpose: 'marketing', channels: '', channel },
    ...{ state, reason: null, attempts: 1, nextAtMs: nowMs, unlessBoughtAfterMs: null },
    ...{ createdAtMs: nowMs, changedAtMs: nowMs, sentAtMs, readAtMs: null, providerId: null },
  }
  await server.database.write(async (tx) => {
    await tx.insert(
      'message_content',
      ['id', 'title', 'body', 'createdAtMs'],
      [[contentId, title, '全场八折', nowMs]],
    )
    await tx.insert('message', Object.keys(row), [Object.values(row)])
  })
  return id
}
