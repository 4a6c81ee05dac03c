import { inList, listParameter, type Rx } from '../platform/database.js'
import type { CausedTransfer } from './source-keys.js'

// What merges, and their undoing, did to some purchases: the journal as the verifier needs it. A
// transfer stays in the chain it was written to; whose its purchase is by now, the journal says.

/** More than any person was merged in a row. */
const LINKS_MAX = 20

export interface MergeStory {
  /** Who owns a purchase now that was given to `memberId`. */
  ownerOf(purchaseId: string, memberId: string): string
  /** True when two records are, or once were, one. */
  wereOne(memberId: string, otherId: string): boolean
}

/** Nothing was ever merged. */
export const NO_MERGES: MergeStory = {
  ownerOf: (_purchaseId, memberId) => memberId,
  wereOne: (memberId, otherId) => memberId === otherId,
}

interface Step {
  subjectId: string
  fromMemberId: string
  toMemberId: string
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
    ownerOf: (purchaseId, memberId) =>
      (steps.get(purchaseId) ?? []).reduce(
        (owner, step) => (step.fromMemberId === owner ? step.toMemberId : owner),
        memberId,
      ),
    wereOne: (memberId, otherId) =>
      memberId === otherId ||
      reaches(links, memberId, otherId) ||
      reaches(links, otherId, memberId),
  }
}

/** The steps that moved these purchases from one record to another, in order. */
async function stepsOf(rx: Rx, page: readonly { id: string }[]): Promise<Map<string, Step[]>> {
  const [first, last] = [page[0], page.at(-1)]
  const found = new Map<string, Step[]>()
  if (!first || !last) return found
  const rows = await rx.rows<Step>(
    `SELECT subjectId, fromMemberId, toMemberId FROM member_merge_step
     WHERE subjectId >= ? AND subjectId <= ? AND kind = 'purchase' ORDER BY subjectId, id`,
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
