import type { CashierMember } from '@huike/shared/contracts/cashier'
import { count, dayAndTime } from '../format.js'
import type { Desk } from '../model.js'
import { strings } from '../strings.js'
import { holdMinutes } from '../spending.js'
import { HoldCard } from './hold-card.js'
import { ReservationCard } from './reservation-card.js'

/** More than these nobody reads out, nor do they fit. */
const HINTS_MAX = 4

/** A member: who, and above all how many points as of when. */
export function MemberCard(props: {
  desk: Extract<Desk, { kind: 'known' }>
  timeZone: string | null
  /** The agent's time. */
  nowMs: number
  isOffline: boolean
}) {
  const { desk, timeZone, nowMs, isOffline } = props
  const { member, registered, hold, reservation, offlineLeft = null } = desk
  const hints = hintsOf(member, nowMs, timeZone).slice(0, HINTS_MAX)
  const isAside = hold !== null || reservation !== null
  // One discount is keyed at the till: the coupons' card says both.
  const isTogether = reservation !== null && holdMinutes(reservation, nowMs) > 0
  return (
    <article className="card" data-desk="known">
      <div className="member-head">
        <span className="member-phone">{member.phoneMasked}</span>
        {member.nameMasked !== null && <span className="member-name">{member.nameMasked}</span>}
        {member.levelName !== '' && <span className="level">{member.levelName}</span>}
        <span className={`source ${member.source === 'server' ? 'is-live' : ''}`}>
          {strings.desk.source[member.source]}
        </span>
      </div>
      {registered !== 'no' && (
        <p className={`note tone-${registered === 'settled' ? 'good' : 'warn'}`}>
          {registered === 'settled' ? strings.desk.registered : strings.desk.registeredWaiting}
        </p>
      )}
      {member.state === 'pending' && <p className="note tone-warn">{strings.desk.pending}</p>}
      <div className={reservation ? 'points is-aside' : 'points'}>
        <span className="points-number">{count(member.balancePoints)}</span>
        <span className="points-unit">{strings.desk.points}</span>
        <span className="points-as-of">
          {strings.desk.asOf(dayAndTime(member.asOfMs, Date.now(), timeZone))}
        </span>
      </div>
      {isOffline && !isAside && offlineLeft && (
        <p className="note tone-warn" data-offline="left">
          {strings.desk.offlineLeft(
            offlineLeft.coupons,
            count(offlineLeft.points),
            dayAndTime(offlineLeft.untilMs, nowMs, timeZone),
          )}
        </p>
      )}
      {reservation && <ReservationCard reservation={reservation} hold={hold} nowMs={nowMs} />}
      {hold && !isTogether && <HoldCard hold={hold} nowMs={nowMs} />}
      {member.pending !== null && (
        <p className="note">
          {strings.desk.pendingPoints(
            count(member.pending.points),
            count(member.pending.nextPoints),
            member.pending.fromDate,
          )}
        </p>
      )}
      {!isAside && hints.length > 0 && (
        <ul className="hints" aria-label={strings.desk.hints}>
          {hints.map(([hint, text]) => (
            <li key={text} data-hint={hint}>
              {text}
            </li>
          ))}
        </ul>
      )}
      {reservation === null && (
        <dl className="facts">
          <div>
            <dt>{strings.desk.lastVisit}</dt>
            <dd>{member.lastVisitDate ?? strings.desk.neverVisited}</dd>
          </div>
          <div>
            <dt>{strings.desk.purchases}</dt>
            <dd>{strings.desk.purchaseCount(count(member.purchaseCount))}</dd>
          </div>
          <div>
            <dt>{strings.desk.memberNo}</dt>
            <dd>{member.memberNo === '' ? strings.desk.memberNoLater : member.memberNo}</dd>
          </div>
        </dl>
      )}
    </article>
  )
}

/** What is worth a word, what is theirs to take first. */
function hintsOf(
  member: CashierMember,
  nowMs: number,
  timeZone: string | null,
): (readonly [hint: string, text: string])[] {
  const { waitingPickups } = member
  const offers = member.offers.filter(({ claimUntilMs }) => claimUntilMs > nowMs)
  const [first] = offers
  return [
    ...(waitingPickups > 0
      ? [['pickups', strings.pickups.waiting(count(waitingPickups))] as const]
      : []),
    ...(first
      ? [
          [
            'offer',
            strings.pickups.offer(
              first.headline,
              dayAndTime(first.claimUntilMs, nowMs, timeZone),
              offers.length,
              member.offers.length,
            ),
          ] as const,
        ]
      : []),
    ...member.hints.map((hint) => [hint, strings.desk.hint[hint]] as const),
  ]
}
