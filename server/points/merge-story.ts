import { inList, listParameter, type Rx } from '../platform/database.js'
import type { CausedTransfer, DatedTransfer } from './source-keys.js'

// What merges, and their undoing, did to some purchases: the journal as the verifier needs it. A
// transfer stays in the chain it was written to; whose its purchase is by now, the journal says. What
// was taken back and is given again moved before that with whom it was given to then: only what the
// journal says from a giving on is about it.

/** More than any person was merged in a row. */
const LINKS_MAX = 20

/** Servers tell the time this differently at most; within it, either order is believed. */
const CLOCKS_DIFFER_MS = 60_000

export interface MergeStory {
  /** True when the member of a purchase can be its owner now, given to whom its points went, and when. */
  mayOwn(purchase: Owned, given: Pick<DatedTransfer, 'memberId' | 'recordedAtMs'>): boolean
  /** True when two records are, or once were, one. */
  wereOne(memberId: string, otherId: string): boolean
}

/** Nothing was ever merged. */
export const NO_MERGES: MergeStory = {
  mayOwn: (purchase, given) => purchase.memberId === given.memberId,
  wereOne: (memberId, otherId) => memberId === otherId,
}

interface Owned {
  id: string
  memberId: string | null
}

interface Step {
  subjectId: string
  fromMemberId: string
  toMemberId: string
  atMs: number
}

interface Link {
  absorbedId: string
  survivorId: string
}

/** Reads what happened to a page of purchases (in the order of their ids), and their transfers. */
export async function mergeStory(
  rx: Rx,
  page: readonly { id: string }[],
  caused: ReadonlyMap<string, readonly CausedTransfer[]>,
): Promise<MergeStory> {
  const steps = await stepsOf(rx, page)
  const links = await linksOf(rx, corrected(caused))
  return {
    mayOwn: ({ id, memberId }, given) =>
      ownersSince(steps.get(id) ?? [], given).has(memberId ?? ''),
    wereOne: (memberId, otherId) =>
      memberId === otherId ||
      reaches(links, memberId, otherId) ||
      reaches(links, otherId, memberId),
  }
}

/** Who can own a purchase now that was given then: by the steps that came after that, or may have. */
function ownersSince(
  steps: readonly Step[],
  { memberId, recordedAtMs }: Pick<DatedTransfer, 'memberId' | 'recordedAtMs'>,
): Set<string> {
  const before = steps.filter(({ atMs }) => atMs < recordedAtMs - CLOCKS_DIFFER_MS).length
  const notAfter = steps.filter(({ atMs }) => atMs <= recordedAtMs + CLOCKS_DIFFER_MS).length
  const cuts = Array.from({ length: notAfter - before + 1 }, (_, more) => before + more)
  return new Set(cuts.map((cut) => ownerAfter(steps.slice(cut), memberId)))
}

function ownerAfter(steps: readonly Step[], memberId: string): string {
  return steps.reduce(
    (owner, step) => (step.fromMemberId === owner ? step.toMemberId : owner),
    memberId,
  )
}

/** The steps that moved these purchases from one record to another, in order. */
async function stepsOf(rx: Rx, page: readonly { id: string }[]): Promise<Map<string, Step[]>> {
  const [first, last] = [page[0], page.at(-1)]
  const found = new Map<string, Step[]>()
  if (!first || !last) return found
  const rows = await rx.rows<Step>(
    `SELECT s.subjectId, s.fromMemberId, s.toMemberId,
       CASE WHEN s.phase = 'undo' THEN m.undoneAtMs ELSE m.mergedAtMs END AS atMs
     FROM member_merge_step s JOIN member_merge m ON m.id = s.mergeId
     WHERE s.subjectId >= ? AND s.subjectId <= ? AND s.kind = 'purchase'
     ORDER BY s.subjectId, s.id`,
    [first.id, last.id],
  )
  for (const row of rows) found.set(row.subjectId, [...(found.get(row.subjectId) ?? []), row])
  return found
}

/** Members whose points were taken back from another one than they were given to. */
function corrected(caused: ReadonlyMap<string, readonly CausedTransfer[]>): string[] {
  return [...caused.values()].flatMap((those) => {
    const isMixed = those.some((one) => one.memberId !== those[0]?.memberId)
    return isMixed ? those.map((one) => one.memberId) : []
  })
}

/** The merges these members took part in, and those of whom they were merged with. */
async function linksOf(rx: Rx, memberIds: readonly string[]): Promise<Link[]> {
  const links = new Map<string, Link>()
  let asked = [...new Set(memberIds)]
  for (let length = 0; asked.length > 0 && length < LINKS_MAX; length += 1) {
    const rows = await rx.rows<Link>(
      `SELECT absorbedId, survivorId FROM member_merge WHERE absorbedId IN ${inList(rx)}`,
      [listParameter(rx, asked)],
    )
    const fresh = rows.filter((row) => !links.has(keyOf(row)))
    for (const row of fresh) links.set(keyOf(row), row)
    asked = [...new Set(fresh.map(({ survivorId }) => survivorId))]
  }
  return [...links.values()]
}

function reaches(links: readonly Link[], fromId: string, toId: string): boolean {
  const reached = new Set([fromId])
  for (let length = 0; length < LINKS_MAX && !reached.has(toId); length += 1)
    for (const { absorbedId, survivorId } of links)
      if (reached.has(absorbedId)) reached.add(survivorId)
  return reached.has(toId)
}

function keyOf({ absorbedId, survivorId }: Link): string {
  return `${absorbedId}|${survivorId}`
}
