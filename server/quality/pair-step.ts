import { answerOf, stretchAfter, type Step } from './step.js'
import { addShares, shareKey, type Doubt, type Shares } from './tally.js'

// Pairs of members that may be one person, as the search for duplicates keeps them.

const PAIRS_PER_STEP = 500

interface PairRow {
  id: string
  state: string
  verdict: string
  memberAId: string
  memberBId: string
  channelA: string | null
  channelB: string | null
  storeId: string | null
}

const CODES = { open: 'pair_open', merged: 'pair_merged', rejected: 'pair_rejected' } as const

/** Pairs by what became of them, and those that are surely one person in two channels. */
export const stepOverPairs: Step = async (rx, { after }) => {
  const { upTo, rows, isLast } = await stretchAfter(rx, 'duplicate_pair', after, PAIRS_PER_STEP)
  if (upTo === null) return answerOf({})
  const pairs = await rx.rows<PairRow>(
    `SELECT d.id, d.state, d.verdict, d.memberAId, d.memberBId, a.registeredChannel AS channelA,
       b.registeredChannel AS channelB, b.registeredStoreId AS storeId
     FROM duplicate_pair d LEFT JOIN member a ON a.id = d.memberAId
       LEFT JOIN member b ON b.id = d.memberBId WHERE d.id > ? AND d.id <= ? ORDER BY d.id`,
    [after, upTo],
  )
  let shares: Shares = {}
  for (const [state, code] of Object.entries(CODES))
    shares = addShares(shares, {
      [shareKey(code)]: [pairs.filter((pair) => pair.state === state).length, 0],
    })
  const apart = pairs.filter(isSurelyOneApart)
  shares = addShares(shares, { [shareKey('same_person_apart')]: [apart.length, 0] })
  return answerOf({ place: isLast ? null : upTo, rows, shares, doubts: apart.map(doubtOf) })
}

function isSurelyOneApart({ state, verdict, channelA, channelB }: PairRow): boolean {
  return state === 'open' && verdict === 'merge' && channelA !== channelB
}

function doubtOf({ id, storeId, memberAId, memberBId }: PairRow): Doubt {
  return {
    ...{ kind: 'same_person_apart', subjectId: id, storeId },
    ...{ memberId: memberAId, otherMemberId: memberBId, evidence: {} },
  }
}
