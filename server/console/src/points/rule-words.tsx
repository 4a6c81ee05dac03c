import type { EarningTerms } from '@huike/shared/contracts/console-points'
import type { RuleNames } from './rule-names.js'
import { pointsStrings } from './strings.js'
import { baseWords, bonusWords, capWords, expiryWords, pendingWords } from './terms-words.js'

interface Props {
  terms: EarningTerms
  names: RuleNames
}

/** What a rule says, one line for each of its parts. */
export function RuleWords({ terms, names }: Props) {
  const { terms: labels, noBonuses } = pointsStrings
  const { bonuses, pendingDays, expiry } = terms
  return (
    <dl className="rule-words">
      <dt>{labels.base}</dt>
      <dd className="rule-base">{baseWords(terms)}</dd>
      <dt>{labels.bonuses}</dt>
      <dd>
        {bonuses.length === 0 ? (
          noBonuses
        ) : (
          <ul>
            {bonuses.map((bonus, index) => (
              <li key={index}>
                <strong>{bonus.name}</strong> {bonusWords(bonus, names)}
              </li>
            ))}
          </ul>
        )}
      </dd>
      <dt>{labels.cap}</dt>
      <dd>{capWords(terms)}</dd>
      {pendingDays > 0 && (
        <>
          <dt>{labels.pending}</dt>
          <dd>{pendingWords(pendingDays)}</dd>
        </>
      )}
      <dt>{labels.expiry}</dt>
      <dd>{expiryWords(expiry)}</dd>
    </dl>
  )
}
