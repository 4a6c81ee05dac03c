import type { Pair, PairSide } from '@huike/shared/contracts/console-identity'
import type { MemberRow } from '@huike/shared/contracts/console-members'
import { Tag } from 'antd'
import type { ReactNode } from 'react'
import { ago, calendarDay, count, money } from '../format.js'
import { memberStrings } from '../members/strings.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { reviewStrings as words } from './strings.js'

/** What the two columns show: a record of a pair, or the file of a member that was chosen. */
export type Side = MemberRow &
  Pick<PairSide, 'registeredChannel'> & {
    identities: readonly Pick<
      PairSide['identities'][number],
      'kind' | 'valueMasked' | 'assurance' | 'source'
    >[]
    profile?: PairSide['profile']
  }

const PROFILE = ['name', 'birthday', 'gender', 'email', 'address', 'city'] as const

interface Props {
  /** The record that stays comes first. */
  sides: readonly [Side, Side]
  /** Which is which; left out where nothing is to be merged any more. */
  heads: readonly [string, string]
  reasons: Pair['reasons']
  timeZone: string
  nowMs: number
}

interface Line {
  label: string
  values: readonly [ReactNode, ReactNode]
  /** What was compared, in words. */
  why?: string | undefined
  /** Both say something, and not the same. */
  isDifferent?: boolean
}

/** Two records side by side, field by field, with what was compared. */
export function Sides({ sides, heads, reasons, timeZone, nowMs }: Props) {
  return (
    <table className="d-sides" role="table" aria-label={words.sides}>
      <thead role="rowgroup">
        <tr role="row">
          <td role="cell" />
          {sides.map((side, index) => (
            <th key={side.memberId} role="columnheader" scope="col">
              <span className="d-head">{heads[index]}</span>
              <Who side={side} />
            </th>
          ))}
          <td role="cell" className="d-why" />
        </tr>
      </thead>
      <tbody role="rowgroup">
        {linesOf({ sides, reasons, timeZone, nowMs }).map((line) => (
          <tr key={line.label} role="row" className={line.isDifferent === true ? 'd-differs' : ''}>
            <th role="rowheader" scope="row">
              {line.label}
            </th>
            {line.values.map((value, index) => (
              <td key={sides[index]?.memberId} role="cell">
                {value}
              </td>
            ))}
            <td role="cell" className="d-why">
              {line.why ?? (line.isDifferent === true && words.differs)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Who({ side }: { side: Side }) {
  const { may } = useSession()
  const name = side.nameMasked ?? memberStrings.unnamed
  return (
    <>
      {may('members.view') ? <a href={hrefOf(`/members/${side.memberId}`)}>{name}</a> : name}
      <span className="note">{side.memberNo}</span>
      <span className="d-tags">
        <Tag>{side.levelName}</Tag>
        {side.state === 'pending' && <Tag color="warning">{memberStrings.pending}</Tag>}
      </span>
    </>
  )
}

function linesOf({ sides, reasons, timeZone, nowMs }: Omit<Props, 'heads'>): Line[] {
  const whyOf = (...fields: string[]) =>
    reasons
      .filter(({ field }) => fields.includes(field))
      .map((reason) => reason.words)
      .join('；') || undefined
  const both = (label: string, valueOf: (side: Side) => ReactNode): Line => ({
    label,
    values: [valueOf(sides[0]), valueOf(sides[1])],
  })
  return [
    told(words.phone, sides, (side) => side.phoneMasked, whyOf('phone')),
    ...profileLines(sides, whyOf),
    {
      ...both(words.identities, (side) => <Identities side={side} />),
      why: whyOf('card', 'openid'),
    },
    both(words.purchases, (side) => words.times(count(side.purchaseCount), money(side.totalFen))),
    both(words.points, (side) => count(side.balancePoints)),
    both(words.lastVisit, (side) =>
      side.lastPurchaseAtMs === null ? (
        words.never
      ) : (
        <>
          {ago(side.lastPurchaseAtMs, nowMs)}
          <span className="note">{side.lastStoreName}</span>
        </>
      ),
    ),
    both(words.since, (side) => (
      <>
        {calendarDay(side.memberSinceMs, timeZone)}
        <span className="note">
          {[memberStrings.file.registered(side.registeredChannel), side.registeredStoreName]
            .filter((part) => part !== null)
            .join(' · ')}
        </span>
      </>
    )),
    both(words.marketing, (side) => (side.mayMarket ? words.mayMarket : words.mayNotMarket)),
  ]
}

function profileLines(
  sides: Props['sides'],
  whyOf: (...fields: string[]) => string | undefined,
): Line[] {
  if (sides[0].profile === undefined || sides[1].profile === undefined) return []
  return PROFILE.map((field) =>
    told(
      words.field(field),
      sides,
      (side) => side.profile?.find((one) => one.field === field)?.shown ?? '',
      field === 'name' ? whyOf('name', 'given_name', 'surname') : whyOf(field),
    ),
  ).filter(({ values }) => values.some((value) => value !== strings.nothing))
}

/** Masked alike is not the same: only what was compared before masking says so. */
function told(
  label: string,
  sides: Props['sides'],
  valueOf: (side: Side) => string,
  why: string | undefined,
): Line {
  const [one, other] = [valueOf(sides[0]), valueOf(sides[1])]
  const isDifferent = one !== '' && other !== '' && one !== other
  return {
    label,
    values: [one === '' ? strings.nothing : one, other === '' ? strings.nothing : other],
    why,
    isDifferent,
  }
}

function Identities({ side }: { side: Side }) {
  const others = side.identities.filter(({ kind }) => kind !== 'phone')
  if (others.length === 0) return strings.nothing
  return (
    <ul>
      {others.map(({ kind, valueMasked, assurance, source }) => (
        <li key={`${kind} ${valueMasked} ${source}`}>
          {memberStrings.file.identityKind(kind)} {valueMasked}
          <span className="note">
            {memberStrings.file.assurance(assurance)} · {memberStrings.file.source(source)}
          </span>
        </li>
      ))}
    </ul>
  )
}
