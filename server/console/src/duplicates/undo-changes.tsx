import type { UndoChanges } from '@huike/shared/contracts/console-identity'
import { count } from '../format.js'
import { signed } from '../members/words.js'
import { identityWords, Part, titleOf } from './changes.js'
import { changeStrings, mergeStrings as words, reviewStrings } from './strings.js'

/** What taking a merge back changes: who owns what from then on. */
export function UndoneChanges({ changes }: { changes: UndoChanges }) {
  const { points, purchases, identities, profile, sessions } = changes
  const against = changes.consents.filter(({ after }) => after === 'withdrawn')
  const isNegative = points.survivorAfter < 0 || points.absorbedAfter < 0
  return (
    <dl className="d-changes">
      <Part label={words.owns}>
        <strong className="d-sum">
          {words.ownsWords(count(points.survivorAfter), count(points.absorbedAfter))}
        </strong>
        <p>{words.ownsHow(count(points.moved), signed(points.since))}</p>
        <p className="note">{words.ownsRule}</p>
        {isNegative && <p className="warn">{words.negative}</p>}
      </Part>
      <Part label={words.purchases}>
        <p>{words.returned(count(purchases.back))}</p>
        <p>{words.since(count(purchases.since))}</p>
      </Part>
      {changes.coupons !== undefined && (
        <Part label={words.coupons}>
          <p>{words.couponWords(count(changes.coupons))}</p>
        </Part>
      )}
      <Part label={words.identities}>
        <p>{identities.length === 0 ? changeStrings.noIdentities : identityWords(identities)}</p>
      </Part>
      <Part label={words.profile}>
        {profile.length === 0 && <p className="note">{words.noProfile}</p>}
        {profile.map(({ field, isRestored }) => (
          <p key={field}>
            {(isRestored ? words.restored : words.notRestored)(reviewStrings.field(field))}
          </p>
        ))}
      </Part>
      <Part label={words.sessions}>
        <p>{words.sessionWords(count(sessions.back), count(sessions.ended))}</p>
      </Part>
      <Part label={words.consents}>
        <p>{words.consentsWords(against.map(({ purpose }) => titleOf(purpose)))}</p>
      </Part>
    </dl>
  )
}
