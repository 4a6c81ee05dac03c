import type { MergeChanges, PairSide } from '@huike/shared/contracts/console-identity'
import { PURPOSE_TEXTS } from '@huike/shared/purposes'
import type { ReactNode } from 'react'
import { count, money } from '../format.js'
import { memberStrings } from '../members/strings.js'
import { changeStrings as words, reviewStrings } from './strings.js'

type Values = PairSide['profile']

interface Props {
  changes: MergeChanges
  /** What each side told of itself, where that is shown: the record that stays first. */
  profiles?: readonly [Values, Values] | undefined
}

/** What a merge changes, in numbers: before it, and afterwards in its record. */
export function Changes({ changes, profiles }: Props) {
  const { points, purchases, identities } = changes
  return (
    <dl className="d-changes">
      <Part label={words.points}>
        <strong className="d-sum">{pointsWords(points)}</strong>
      </Part>
      <Part label={words.purchases}>
        {purchaseWords(purchases).map((said) => (
          <p key={said}>{said}</p>
        ))}
      </Part>
      <Part label={words.identities}>
        {identities.length === 0 ? (
          <p className="note">{words.noIdentities}</p>
        ) : (
          <p>{identityWords(identities)}</p>
        )}
        <p className="note">{words.aliases(count(changes.aliases))}</p>
      </Part>
      <Part label={words.profile}>
        <Profile profile={changes.profile} profiles={profiles} />
      </Part>
      <Part label={words.consents}>
        <Consents consents={changes.consents} />
      </Part>
      <Part label={words.rest}>
        <p>
          {[
            words.messages(count(changes.messages)),
            // What was kept before there were coupons says nothing of them.
            ...(changes.coupons === undefined ? [] : [words.coupons(count(changes.coupons))]),
            words.sessions(count(changes.sessions)),
            words.stores(count(changes.stores)),
          ].join('，')}
        </p>
      </Part>
    </dl>
  )
}

/** One kind of thing that changes. */
export function Part({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** `42 + 21 = 63`: of the one that stays, of the other, and together. */
export function pointsWords(points: MergeChanges['points']): string {
  const { survivorBefore, absorbedBefore, survivorAfter } = points
  return words.pointsSum(count(survivorBefore), count(absorbedBefore), count(survivorAfter))
}

/** Which purchases move and which stay, a sentence each. */
export function purchaseWords({ moved, left, movedFen }: MergeChanges['purchases']): string[] {
  if (moved + left === 0) return [words.noPurchases]
  return [
    ...(moved > 0 ? [words.moved(count(moved), money(movedFen))] : []),
    ...(left > 0 ? [words.left(count(left))] : []),
  ]
}

/** `手机号 1 个，微信小程序 2 个`. */
export function identityWords(identities: MergeChanges['identities']): string {
  return identities
    .map((one) => words.identity(memberStrings.file.identityKind(one.kind), count(one.count)))
    .join('，')
}

function Profile({
  profile,
  profiles,
}: {
  profile: MergeChanges['profile']
  profiles: Props['profiles']
}) {
  if (profile.length === 0) return <p className="note">{words.noProfile}</p>
  return (
    <ul>
      {profile.map(({ field, winner, isKept, reason }) => {
        const valueOf = (values: Values | undefined) =>
          values?.find((one) => one.field === field)?.shown
        const [survivor, absorbed] = [valueOf(profiles?.[0]), valueOf(profiles?.[1])]
        const [won, lost] = winner === 'survivor' ? [survivor, absorbed] : [absorbed, survivor]
        const keptWords = lost === undefined ? words.kept : words.keptValue(lost)
        return (
          <li key={field}>
            {reviewStrings.field(field)}：
            {won === undefined ? words.stays(winner) : words.value(won)}
            {isKept && `，${keptWords}`}
            <span className="note">{reason}</span>
          </li>
        )
      })}
    </ul>
  )
}

function Consents({ consents }: { consents: MergeChanges['consents'] }) {
  const said = consents.filter(
    (one) => one.survivorBefore !== null || one.absorbedBefore !== null || one.after !== null,
  )
  if (said.length === 0) return <p className="note">{words.noConsents}</p>
  return (
    <>
      <ul>
        {said.map(({ purpose, survivorBefore, absorbedBefore, after }) => (
          <li key={purpose}>
            {titleOf(purpose)}
            <span className="note">
              {words.consent(
                words.said(survivorBefore),
                words.said(absorbedBefore),
                words.said(after),
              )}
            </span>
          </li>
        ))}
      </ul>
      <p className="note">{words.consentsNote}</p>
    </>
  )
}

/** A purpose of this version; one that another version wrote is shown as it is kept. */
export function titleOf(purpose: string): string {
  if (purpose === 'membership') return words.membership
  const texts: Readonly<Record<string, { title: string }>> = PURPOSE_TEXTS
  return texts[purpose]?.title ?? purpose
}
