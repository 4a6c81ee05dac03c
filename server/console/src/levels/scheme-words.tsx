import type { LevelsPage, SchemeTerms } from '@huike/shared/contracts/levels'
import { benefitsInWords, schemeInWords } from '@huike/shared/levels'
import { count } from '../format.js'
import { levelsStrings as words } from './strings.js'

interface Props {
  terms: SchemeTerms
  /** How many members have each level; left out of what is not in force. */
  members?: LevelsPage['members']
}

/** What a scheme says: its levels from the lowest, and how they are reached and kept. */
export function SchemeWords({ terms, members = [] }: Props) {
  const { levels, noticeDays, pointsNoticeDays } = terms
  const hasMany = levels.length > 1
  return (
    <div className="levels-words">
      <ol className="levels-list">
        {levels.map((level) => {
          const benefits = benefitsInWords(level)
          const counted = members.find(({ code }) => code === level.code)
          return (
            <li key={level.code}>
              <div className="levels-head">
                <strong>{level.name}</strong>
                {counted !== undefined && <span>{words.members(count(counted.count))}</span>}
              </div>
              <p className="note">
                {level.threshold === 0 ? words.everybody : words.threshold(count(level.threshold))}
                {' · '}
                {benefits.length === 0 ? words.noBenefits : benefits.join('；')}
              </p>
            </li>
          )
        })}
      </ol>
      <ul className="note">
        {hasMany ? (
          schemeInWords(terms).map((sentence) => <li key={sentence}>{sentence}</li>)
        ) : (
          <li>{words.onlyOne}</li>
        )}
        {hasMany && <li>{noticeDays === 0 ? words.noNotice : words.notice(count(noticeDays))}</li>}
        <li>
          {pointsNoticeDays === 0
            ? words.noPointsNotice
            : words.pointsNotice(count(pointsNoticeDays))}
        </li>
      </ul>
    </div>
  )
}
