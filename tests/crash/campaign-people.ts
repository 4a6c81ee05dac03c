// A town of members for a campaign that is to be killed: who may be written to, on which channel, and
// what WeChat would say. Written straight into the tables, since ten thousand registrations would
// take longer than the campaign.
import { SANDBOX_TEMPLATE } from '../../server/sandbox/wechat-subscriptions.js'
import { MembersService } from '../../server/members/members.service.js'
import type { Config } from '../../server/platform/config.js'
import type { Database, SqlValue, Tx } from '../../server/platform/database.js'
import { mintId } from '../../server/platform/ids.js'
import { loadKeyring } from '../../server/platform/keyring.js'

const DAY_MS = 86_400_000
const ROWS_PER_COMMIT = 1_000
/** More than one each, at WeChat and with us: so nothing but Huike's own care prevents a second. */
export const CREDITS_EACH = 3
export const APP_ID = 'wxsandbox0000000001'

/** wechat: may be sent to by WeChat. inbox: has no WeChat account. silent: granted nothing. */
export type PersonKind = 'wechat' | 'inbox' | 'silent'
export interface Person {
  memberId: string
  openid: string
  kind: PersonKind
}

/** Writes `count` people who bought in the store a hundred days ago. */
export async function writePeople(
  database: Database,
  keyringPath: string,
  town: { storeId: string; count: number },
): Promise<Person[]> {
  const members = new MembersService({ keyring: loadKeyring(keyringPath) } as Config)
  const nowMs = Date.now()
  const people = Array.from({ length: town.count }, (_, n): Person => ({
    memberId: mintId(nowMs),
    openid: `openid-${String(n)}`,
    kind: n % 20 === 0 ? 'silent' : n % 10 < 4 ? 'wechat' : 'inbox',
  }))
  for (let start = 0; start < people.length; start += ROWS_PER_COMMIT)
    await database.write((tx) =>
      writePage(tx, members, {
        ...{ people: people.slice(start, start + ROWS_PER_COMMIT), storeId: town.storeId },
        nowMs,
      }),
    )
  return people
}

async function writePage(
  tx: Tx,
  members: MembersService,
  page: { people: readonly Person[]; storeId: string; nowMs: number },
): Promise<void> {
  const { people, storeId, nowMs } = page
  const boughtAtMs = nowMs - 100 * DAY_MS
  await members.insertMembers(
    tx,
    people.map(({ memberId }) =>
      members.newMember({
        ...{ id: memberId, state: 'active', mergedIntoId: null, nowMs },
        ...{ registeredStoreId: storeId, registeredChannel: 'pos' },
      }),
    ),
  )
  await members.insertIdentities(
    tx,
    people.flatMap(({ memberId, openid, kind }) =>
      kind === 'inbox'
        ? []
        : [
            {
              ...{ memberId, kind: 'wechat_openid' as const, namespace: APP_ID, value: openid },
              ...{ assurance: 'verified' as const, source: 'wechat', nowMs },
            },
          ],
    ),
  )
  await insertRows(
    tx,
    'member_stat',
    people.map(({ memberId }) => ({
      ...{ memberId, purchaseCount: 1, totalFen: 100, lastPurchaseAtMs: boughtAtMs },
      ...{ lastBusinessDate: '2026-01-01', lastStoreId: storeId, onlineCount: 0 },
    })),
  )
  await insertRows(
    tx,
    'member_store',
    people.map(({ memberId }) => ({
      ...{ storeId, memberId, purchaseCount: 1, totalFen: 100, lastPurchaseAtMs: boughtAtMs },
    })),
  )
  await insertRows(
    tx,
    'consent_state',
    people
      .filter(({ kind }) => kind !== 'silent')
      .map(({ memberId }) => ({
        ...{ memberId, purpose: 'marketing', state: 'granted', changedAtMs: boughtAtMs },
      })),
  )
  const accounts = await tx.rows<{ id: string }>(
    `SELECT i.id FROM identity i LEFT JOIN subscription_balance b ON b.identityId = i.id
     WHERE i.kind = 'wechat_openid' AND b.identityId IS NULL`,
  )
  const credit = { templateId: SANDBOX_TEMPLATE.templateId, credits: CREDITS_EACH }
  await insertRows(
    tx,
    'subscription_balance',
    accounts.map(({ id }) => ({ identityId: id, ...credit, changedAtMs: nowMs })),
  )
  await insertRows(
    tx,
    'subscription_entry',
    accounts.map(({ id }) => ({
      ...{ id: mintId(nowMs), identityId: id, ...credit, reason: 'accepted', sourceKey: id },
      occurredAtMs: nowMs,
    })),
  )
}

async function insertRows(
  tx: Tx,
  table: string,
  rows: readonly Record<string, SqlValue>[],
): Promise<void> {
  const [first] = rows
  if (!first) return
  const columns = Object.keys(first)
  await tx.insert(
    table,
    columns,
    rows.map((row) => columns.map((column) => row[column] ?? null)),
  )
}
