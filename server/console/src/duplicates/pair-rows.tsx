import type { Pair } from '@huike/shared/contracts/console-identity'
import { clockTime } from '../format.js'
import { memberStrings } from '../members/strings.js'
import { withQuery } from '../api.js'
import { hrefOf } from '../router.js'
import { Score } from './score.js'
import { pairStrings as words } from './strings.js'
import { REVIEW_PATH } from './use-queue.js'

interface Props {
  pairs: readonly Pair[]
  timeZone: string
  /** Which pairs come next when one of these is looked at. */
  verdict?: string | null
}

/** Pairs, one below the other: who, how sure the search is, and what agreed. */
export function PairRows({ pairs, timeZone, verdict = null }: Props) {
  return (
    <ul className="rows">
      {pairs.map((pair) => (
        <li key={pair.id}>
          <a
            className="row d-pair"
            href={hrefOf(withQuery(REVIEW_PATH, { verdict, pair: pair.id }))}
          >
            <span className="d-pair-who">
              {pair.sides.map((side) => (
                <span key={side.memberId}>
                  <strong>{side.nameMasked ?? memberStrings.unnamed}</strong>{' '}
                  <span className="note">
                    {[side.phoneMasked, side.memberNo].filter((part) => part !== '').join(' · ')}
                  </span>
                </span>
              ))}
            </span>
            <Score pair={pair} />
            <span className="note row-note">
              {pair.reasons.map((reason) => reason.words).join('，')}
            </span>
            <span className="note row-note">
              {pair.decidedAtMs === null
                ? words.found(clockTime(pair.foundAtMs, timeZone))
                : words.decided(pair.decidedByName, clockTime(pair.decidedAtMs, timeZone))}
            </span>
          </a>
        </li>
      ))}
    </ul>
  )
}
