import { QUALITY_FIELDS, type QualityField } from '@huike/shared/contracts/console-quality'
import type { Rx } from '../platform/database.js'
import { MEMBER_SOURCE, sourceGroup } from './sources.js'
import { answerOf, stretchAfter, type Step } from './step.js'
import { addShares, shareKey, type Doubt, type Shares } from './tally.js'

// What is known of members: counted by whether a column is empty or an identity there, in SQL. What
// is sealed stays sealed.

const MEMBERS_PER_STEP = 500
const IDENTITIES_PER_STEP = 1_000
const KEYLESS_LISTED_PER_STEP = 100

/** Records that stand for a person; one that was merged or closed is none any more. */
const IS_PERSON = "m.state IN ('pending', 'active')"

const hasIdentity = (kind: string) =>
  `CASE WHEN EXISTS (SELECT 1 FROM identity i WHERE i.memberId = m.id AND i.kind = '${kind}')
   THEN 1 ELSE 0 END`
const isTold = (column: string) => `CASE WHEN p.${column} IS NULL THEN 0 ELSE 1 END`

/** 1 where a member `m` with the profile `p` has the field, else 0. */
const HAS: Record<QualityField, string> = {
  phone: hasIdentity('phone'),
  name: isTold('nameSealed'),
  birthday: isTold('birthdaySealed'),
  gender: isTold('genderSealed'),
  email: `CASE WHEN p.emailSealed IS NOT NULL OR EXISTS
    (SELECT 1 FROM identity i WHERE i.memberId = m.id AND i.kind = 'email') THEN 1 ELSE 0 END`,
  address: isTold('addressSealed'),
  city: isTold('citySealed'),
  openid: hasIdentity('wechat_openid'),
  card: hasIdentity('card'),
}

type GroupRow = Record<QualityField, number | string> & {
  channel: string
  source: string | null
  n: number | string
}

/** Completeness per field, over all, by channel and by source; members without any identity. */
export const stepOverMembers: Step = async (rx, { after }) => {
  const { upTo, rows, isLast } = await stretchAfter(rx, 'member', after, MEMBERS_PER_STEP)
  if (upTo === null) return answerOf({})
  const fields = QUALITY_FIELDS.map((field) => `${HAS[field]} AS ${field}`).join(', ')
  const sums = QUALITY_FIELDS.map((field) => `SUM(g.${field}) AS ${field}`).join(', ')
  const groups = await rx.rows<GroupRow>(
    `SELECT g.channel, g.source, COUNT(*) AS n, ${sums} FROM (
       SELECT m.registeredChannel AS channel, ${MEMBER_SOURCE} AS source, ${fields}
       FROM member m LEFT JOIN member_profile p ON p.memberId = m.id
       WHERE m.id > ? AND m.id <= ? AND ${IS_PERSON}) g
     GROUP BY g.channel, g.source`,
    [after, upTo],
  )
  const keyless = await keylessMembers(rx, after, upTo)
  const shares = addShares(completeness(groups), {
    [shareKey('member_without_key')]: [keyless.count, totalOf(groups)],
  })
  return answerOf({ place: isLast ? null : upTo, rows, shares, doubts: keyless.doubts })
}

function completeness(groups: readonly GroupRow[]): Shares {
  let shares: Shares = {}
  for (const group of groups)
    for (const field of QUALITY_FIELDS) {
      const share: [number, number] = [Number(group[field]), Number(group.n)]
      for (const name of ['', `channel:${group.channel}`, `source:${sourceGroup(group.source)}`])
        shares = addShares(shares, { [shareKey(`has_${field}`, name)]: share })
    }
  return shares
}

function totalOf(groups: readonly GroupRow[]): number {
  return groups.reduce((sum, { n }) => sum + Number(n), 0)
}

async function keylessMembers(
  rx: Rx,
  after: string,
  upTo: string,
): Promise<{ count: number; doubts: Doubt[] }> {
  const rows = await rx.rows<{ id: string; storeId: string | null; joinedAtMs: number }>(
    `SELECT m.id, m.registeredStoreId AS storeId, m.createdAtMs AS joinedAtMs FROM member m
     WHERE m.id > ? AND m.id <= ? AND ${IS_PERSON}
       AND NOT EXISTS (SELECT 1 FROM identity i WHERE i.memberId = m.id) ORDER BY m.id`,
    [after, upTo],
  )
  const doubts = rows.slice(0, KEYLESS_LISTED_PER_STEP).map(({ id, storeId, joinedAtMs }) => ({
    ...{ kind: 'member_without_key' as const, subjectId: id, storeId },
    ...{ memberId: id, otherMemberId: null },
    evidence: { joinedAtMs: joinedAtMs as never },
  }))
  return { count: rows.length, doubts }
}

/** Identities that lead to nobody, and values that lead to two. */
export const stepOverIdentities: Step = async (rx, { after }) => {
  const { upTo, rows, isLast } = await stretchAfter(rx, 'identity', after, IDENTITIES_PER_STEP)
  if (upTo === null) return answerOf({})
  const [orphans] = await rx.rows<{ n: number | string }>(
    `SELECT COUNT(*) AS n FROM identity i LEFT JOIN member m ON m.id = i.memberId
     WHERE i.id > ? AND i.id <= ? AND (m.id IS NULL OR m.state = 'merged')`,
    [after, upTo],
  )
  // The key of the table forbids it; asked all the same, for who has lost the key does not know.
  const [twice] = await rx.rows<{ n: number | string }>(
    `SELECT COUNT(*) AS n FROM identity i JOIN identity k
       ON k.kind = i.kind AND k.namespace = i.namespace AND k.valueIndex = i.valueIndex
     WHERE i.id > ? AND i.id <= ? AND k.id > i.id`,
    [after, upTo],
  )
  const shares: Shares = {
    [shareKey('identity_orphan')]: [Number(orphans?.n ?? 0), rows],
    [shareKey('identity_twice')]: [Number(twice?.n ?? 0), rows],
  }
  return answerOf({ place: isLast ? null : upTo, rows, shares })
}
