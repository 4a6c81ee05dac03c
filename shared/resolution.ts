import { groupOf, type Assurance, type IdentityGroup, type IdentityKind } from './identities.js'

// Who somebody is: the one place where it is decided. A pure function of what was shown, of whom it
// points to today, and of the chain's order of belief. What is believed first names the person; what
// is believed less only ever adds to them. Records become one only when the same person proves both
// at once, and never when both hold proven identities of a higher rank that differ.

/** Something shown of a person: by WeChat, by a cashier, by a file. */
export interface Shown {
  kind: IdentityKind
  /** Equal means equal: kind, namespace and blind index. */
  key: string
  assurance: Assurance
  /** Another form of something shown as well: it finds, and is not kept. */
  isDerived?: boolean
  /** Whose it is today, and how well that is known. */
  owner: { memberId: string; assurance: Assurance } | null
}

/** A record that something shown points to. */
export interface Candidate {
  memberId: string
  state: 'pending' | 'active' | 'merged' | 'erased'
  /** What the record is found by, shown or not. */
  holds: readonly Held[]
  /** When the shopper was last heard of: bought, signed in, was told of. */
  lastActiveAtMs: number
  /** Worth a person's look before it is merged. */
  isValued: boolean
  /** Known by a name that is clearly another than the one shown. */
  isNamedOtherwise: boolean
}

export interface Held {
  kind: IdentityKind
  key: string
  assurance: Assurance
}

export interface Question {
  shown: readonly Shown[]
  candidates: ReadonlyMap<string, Candidate>
  /** A person has said that these two are two. */
  isApart: (oneId: string, otherId: string) => boolean
  nowMs: number
}

/** The chain's order of belief. */
export interface ResolutionPolicy {
  order: readonly IdentityGroup[]
  /** A number nobody used for this long may be somebody else's by now. */
  quietMs: number
}

export const REASON_WORDS = {
  nobody: '没有人用过这些身份',
  known: '身份已属于这位会员',
  added: '记下了这位会员的新身份',
  number_changed: '同一微信验证了新的手机号，记为同一位会员的新号码',
  number_recycled: '号码长期无人使用，又由另一个微信验证，按二次放号处理，不沿用原会员的积分和记录',
  number_observed: '原会员只是在订单里出现过这个号码，现在由本人验证，不沿用原会员的记录',
  proven_together: '同一个人同时验证了两份档案的身份',
  hashed_elsewhere: '平台订单里这个手机号的散列值属于另一份档案',
  kept_apart: '部分身份属于别的会员，保持不动',
  higher_differs: '两份档案有各自验证过、优先级更高的身份，不能凭较低的身份合并',
  number_differs: '账号的主人登记的是另一个手机号',
  name_differs: '手机号相同但姓名不同',
  valued: '消费较高的会员，合并前需要人工确认',
  decided_apart: '已有人确认这是两个人',
} as const
export type ReasonCode = keyof typeof REASON_WORDS

interface Reasoned {
  reasons: readonly ReasonCode[]
  /** Keys that are nobody's and become the person's. */
  learns: readonly string[]
  /** Something shown is somebody else's, and stays with them. */
  hasOthers: boolean
  /** A number that leaves its owner for whoever proves it. */
  releases: { key: string; fromMemberId: string } | null
  /** Records that were passed over, and may be the person's all the same: somebody looks at them. */
  raises: readonly string[]
}

export type Resolution =
  | (Reasoned & { verdict: 'attach'; memberId: string })
  | (Reasoned & { verdict: 'create' })
  /** One person has two records or more: `memberIds[0]` is believed first. */
  | (Reasoned & { verdict: 'merge'; memberIds: readonly string[] })
  /** For a person to decide; `memberIds[0]` is whom it would be, were there no doubt. */
  | (Reasoned & { verdict: 'review'; memberIds: readonly string[] })

/** Someone shown who is there, with the rank at which they are believed: 0 is first. */
interface Lead {
  shown: Shown
  candidate: Candidate
  pointer: Assurance
  rank: number
}

/**
 * Decides who was shown. attach: a known person. create: somebody new. merge: two records of one
 * person. review: nothing is changed until somebody looked. Every answer says why.
 */
export function resolve(question: Question, policy: ResolutionPolicy): Resolution {
  const known = leadsOf(question, policy)
  const passed = passedOver(question, known, policy)
  const why = [...new Set(passed.map(({ reason }) => reason))]
  const released = passed.find(({ shown }) => shown.kind === 'phone')
  const leads = known.filter((lead) => passed.every(({ shown }) => shown !== lead.shown))
  const [first] = leads.filter((lead) => mayName(lead, question))
  const told = leads.filter(({ shown }) => shown.isDerived !== true)
  const hashed = hashedElsewhere(leads, first)
  const isHashedElsewhere = hashed.length > 0
  const found = {
    learns: unowned(question, released?.shown.key),
    hasOthers: told.some(({ candidate }) => candidate !== first?.candidate),
    releases: released
      ? { key: released.shown.key, fromMemberId: released.candidate.memberId }
      : null,
    raises: [...new Set([...passed, ...hashed].map(({ candidate }) => candidate.memberId))],
  }
  if (!first) return { ...found, verdict: 'create', reasons: [...why, 'nobody'] }
  const target = first.candidate
  const review = { ...found, verdict: 'review' as const, releases: null, raises: [] }
  const doubt = doubtAbout(question, first, policy)
  if (doubt !== null) return { ...review, memberIds: [target.memberId], reasons: [doubt] }
  const others = othersProven(told, first)
  if (others.length === 0) {
    const reasons = [...why, ...attachReasons(question, first, { ...found, isHashedElsewhere })]
    return { ...found, verdict: 'attach', memberId: target.memberId, reasons }
  }
  const records = new Set([target, ...others.map(({ candidate }) => candidate)])
  const memberIds = [...records].map(({ memberId }) => memberId)
  const bar = others.map((other) => barBetween(question, { first, other }, policy)).find(Boolean)
  if (bar) return { ...review, memberIds, reasons: [bar] }
  const raises = found.raises.filter((id) => !memberIds.includes(id))
  return { ...found, raises, verdict: 'merge', memberIds, reasons: [...why, 'proven_together'] }
}

/** What a manager reads of an answer. */
export function reasonsInWords(reasons: readonly ReasonCode[]): string {
  return reasons.map((reason) => REASON_WORDS[reason]).join('；')
}

/** Who is pointed to, the first believed first; within a rank, in the order in which it was shown. */
function leadsOf({ shown, candidates }: Question, { order }: ResolutionPolicy): Lead[] {
  return shown
    .flatMap((one): Lead[] => {
      const candidate = candidates.get(one.owner?.memberId ?? '')
      const rank = rankOf(one.kind, order)
      if (!candidate || one.owner === null || rank === null) return []
      if (candidate.state === 'erased' || candidate.state === 'merged') return []
      return [{ shown: one, candidate, pointer: one.owner.assurance, rank }]
    })
    .sort((a, b) => a.rank - b.rank)
}

/** Smaller is believed first; within its group a number is believed before what was made of it. */
function rankOf(kind: IdentityKind, order: readonly IdentityGroup[]): number | null {
  const group = groupOf(kind)
  const place = group === null ? -1 : order.indexOf(group)
  if (place < 0) return null
  return 2 * place + Number(kind === 'phone_md5' || kind === 'phone_sha256')
}

/**
 * A device is shared by whoever sits before it, and an address by a household: the one names nobody,
 * the other only where no number was shown.
 */
function mayName({ shown: { kind } }: Lead, { shown }: Question): boolean {
  const group = groupOf(kind)
  if (group === 'device') return false
  return group !== 'email' || shown.every((one) => groupOf(one.kind) !== 'phone')
}

/**
 * Numbers that are not their owner's any more, or never were: their proven holder gets nothing of
 * that owner's. An owner long silent has lost the number; one whose number was merely seen on an
 * order, and who is known otherwise, had it sent to somebody.
 */
function passedOver(
  { shown, nowMs }: Question,
  leads: readonly Lead[],
  { quietMs }: ResolutionPolicy,
): (Lead & { reason: ReasonCode })[] {
  const accounts = shown.filter(isProvenAccount)
  if (accounts.length === 0) return []
  return leads.flatMap((lead): (Lead & { reason: ReasonCode })[] => {
    const { candidate, pointer } = lead
    if (groupOf(lead.shown.kind) !== 'phone' || lead.shown.assurance !== 'verified') return []
    if (accounts.some(({ owner }) => owner?.memberId === candidate.memberId)) return []
    if (nowMs - candidate.lastActiveAtMs >= quietMs) return [{ ...lead, reason: 'number_recycled' }]
    const isSeenOnly = pointer === 'observed' && isKnownOtherwise(candidate, shown)
    return isSeenOnly ? [{ ...lead, reason: 'number_observed' }] : []
  })
}

/** Has this record another number, or anything else that was proven? */
function isKnownOtherwise({ holds }: Candidate, shown: readonly Shown[]): boolean {
  const keys = new Set(shown.map(({ key }) => key))
  return holds.some(
    ({ kind, key, assurance }) =>
      !keys.has(key) && groupOf(kind) !== null && (kind === 'phone' || assurance === 'verified'),
  )
}

function isProvenAccount({ kind, assurance }: Shown): boolean {
  return groupOf(kind) === 'account' && assurance === 'verified'
}

/** Why `first` may not be whom it points to. */
function doubtAbout(
  question: Question,
  first: Lead,
  { order }: ResolutionPolicy,
): ReasonCode | null {
  const { candidate, shown: by } = first
  const isTold = by.assurance !== 'verified' && groupOf(by.kind) === 'phone'
  if (isTold && candidate.isNamedOtherwise) return 'name_differs'
  const isSelfProven = question.shown.some(
    (one) => one.isDerived === true && one.owner?.memberId === candidate.memberId,
  )
  if (isSelfProven) return null
  const differs = question.shown.find((one) => {
    const rank = rankOf(one.kind, order)
    if (one.isDerived === true || one.owner !== null || rank === null) return false
    return rank < first.rank && holdsAnother(candidate, one)
  })
  if (!differs) return null
  // Whoever proves the account and the new number at once has changed the number.
  const isBothProven =
    differs.assurance === 'verified' && by.assurance === 'verified' && first.pointer === 'verified'
  return isBothProven
    ? null
    : groupOf(differs.kind) === 'phone'
      ? 'number_differs'
      : 'higher_differs'
}

/** Has this record something of the kind that is not what was shown? Of accounts, proven ones. */
function holdsAnother({ holds }: Candidate, { kind, key, assurance }: Shown): boolean {
  return holds.some((held) => {
    if (held.kind !== kind || held.key === key) return false
    if (kind === 'phone') return true
    const isProven = held.assurance === 'verified' && assurance === 'verified'
    return isProven && spaceOf(held.key) === spaceOf(key)
  })
}

/** Records that a hash of the proven number leads to, besides whom it is. */
function hashedElsewhere(leads: readonly Lead[], first: Lead | undefined): Lead[] {
  return leads.filter(
    ({ shown, candidate }) =>
      shown.isDerived === true && shown.assurance === 'verified' && candidate !== first?.candidate,
  )
}

/** Other records that the same person proves at the same moment. */
function othersProven(leads: readonly Lead[], first: Lead): Lead[] {
  if (first.shown.assurance !== 'verified') return []
  return leads.filter(
    ({ candidate, shown, pointer }) =>
      candidate !== first.candidate && shown.assurance === 'verified' && pointer === 'verified',
  )
}

/** Why two records may not become one without a person. */
function barBetween(
  question: Question,
  { first, other }: { first: Lead; other: Lead },
  { order }: ResolutionPolicy,
): ReasonCode | null {
  const [one, two] = [first.candidate, other.candidate]
  if (question.isApart(one.memberId, two.memberId)) return 'decided_apart'
  const spaces = provenSpaces(question, one)
  const others = provenSpaces(question, two)
  const lowest = Math.max(first.rank, other.rank)
  for (const [space, { kind, keys }] of spaces) {
    const rank = rankOf(kind, order)
    const theirs = others.get(space)
    if (rank === null || rank >= lowest || !theirs) continue
    if (![...keys].some((key) => theirs.keys.has(key))) return 'higher_differs'
  }
  return one.isValued || two.isValued ? 'valued' : null
}

/** What a record's owner has proven, now or before, by kind and namespace. */
function provenSpaces(
  { shown }: Question,
  { memberId, holds }: Candidate,
): Map<string, { kind: IdentityKind; keys: Set<string> }> {
  const now = shown.filter(({ owner }) => owner?.memberId === memberId)
  const spaces = new Map<string, { kind: IdentityKind; keys: Set<string> }>()
  for (const { kind, key, assurance } of [...holds, ...now]) {
    if (assurance !== 'verified') continue
    const space = spaces.get(spaceOf(key)) ?? { kind, keys: new Set<string>() }
    space.keys.add(key)
    spaces.set(spaceOf(key), space)
  }
  return spaces
}

/** Kind and namespace of a key. */
function spaceOf(key: string): string {
  return key.slice(0, key.lastIndexOf('|'))
}

function unowned({ shown }: Question, releasedKey: string | undefined): string[] {
  return shown
    .filter(({ isDerived, owner, key }) => {
      return isDerived !== true && (owner === null || key === releasedKey)
    })
    .map(({ key }) => key)
}

function attachReasons(
  question: Question,
  { candidate, rank, shown: by }: Lead,
  found: { learns: readonly string[]; hasOthers: boolean; isHashedElsewhere: boolean },
): ReasonCode[] {
  const { learns, hasOthers, isHashedElsewhere } = found
  const reasons: ReasonCode[] = [learns.length === 0 ? 'known' : 'added']
  const isNumberNew = question.shown.some(
    (one) => one.kind === 'phone' && learns.includes(one.key) && holdsAnother(candidate, one),
  )
  if (isNumberNew && by.kind !== 'phone' && rank >= 0) reasons.push('number_changed')
  if (hasOthers) reasons.push('kept_apart')
  if (isHashedElsewhere) reasons.push('hashed_elsewhere')
  return reasons
}
