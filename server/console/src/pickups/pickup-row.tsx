import type { ConsolePickup } from '@huike/shared/contracts/console-pickups'
import type { PickupLine } from '@huike/shared/contracts/pickups'
import { PICKUP_WORDS } from '@huike/shared/pickup-words'
import { Alert, Button, Tag } from 'antd'
import { useState } from 'react'
import { FormDialog } from '../form-dialog.js'
import { count, dateTime, money } from '../format.js'
import { quantityOf } from '../members/words.js'
import type { Stores } from '../members/use-stores.js'
import { useSession } from '../session.js'
import { pickupStrings as words } from './strings.js'

/** Lines told in the row; the dialog tells all. */
const LINES_TOLD_MAX = 4
const COLOURS = {
  preparing: 'warning',
  ready: 'success',
  fetched: 'default',
  cancelled: 'default',
} as const

interface Props {
  pickup: ConsolePickup
  stores: Stores
  /** It was read anew: this is what it is now. */
  onLook: (now: ConsolePickup) => void
  /** What became of it, and what to say of it. */
  onDone: (changed: ConsolePickup, said: string) => void
}

/** One order: what, for whom and where; made ready and handed over from here. */
export function PickupRow({ pickup, stores, onLook, onDone }: Props) {
  const { api } = useSession()
  const [isAsking, setIsAsking] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const { state, storeId, purchaseId } = pickup
  const what = pickup.orderNo === null ? words.noNumber : words.order(pickup.orderNo)
  const isWaiting = state === 'preparing' || state === 'ready'
  const isHere = stores.list.some(({ id }) => id === storeId)
  const markReady = async () => {
    setIsBusy(true)
    setProblem(null)
    const answer = await api.post<ConsolePickup>(`/pickups/${purchaseId}/ready`)
    setIsBusy(false)
    if (answer.ok) onDone(answer.value, words.readyDone(what))
    else setProblem(answer.sentence)
  }
  return (
    <li className="row mall-exchange">
      <div className="mall-exchange-what">
        <span className="coupon-head">
          <strong>{what}</strong>
          <Tag color={COLOURS[state]}>{PICKUP_WORDS[state]}</Tag>
          <span>{words.who(pickup.nameMasked, pickup.phoneMasked)}</span>
        </span>
        <span>{goodsOf(pickup.lines)}</span>
        <span className="note">{wordsOf(pickup).join(' · ')}</span>
        {problem !== null && <Alert type="error" title={problem} role="alert" showIcon />}
      </div>
      {isWaiting && stores.isKnown && !isHere && (
        <strong>{words.elsewhere(pickup.storeName)}</strong>
      )}
      {isWaiting && isHere && (
        <div className="coupon-buttons">
          {state === 'preparing' && (
            <Button
              loading={isBusy}
              aria-label={words.readyOf(what)}
              onClick={() => {
                void markReady()
              }}
            >
              {words.ready}
            </Button>
          )}
          <Button
            type="primary"
            aria-label={words.handOf(what)}
            onClick={() => {
              setIsAsking(true)
            }}
          >
            {words.hand}
          </Button>
        </div>
      )}
      {isAsking && (
        <HandDialog
          {...{ pickup, what, onLook }}
          onDone={(changed) => {
            setIsAsking(false)
            onDone(changed, words.handDone(what))
          }}
          onCancel={() => {
            setIsAsking(false)
          }}
        />
      )}
    </li>
  )
}

interface DialogProps {
  pickup: ConsolePickup
  what: string
  onLook: (now: ConsolePickup) => void
  onDone: (changed: ConsolePickup) => void
  onCancel: () => void
}

/** Where something came back meanwhile, the order is read anew before it is asked once more. */
function HandDialog({ pickup, what, onLook, ...rest }: DialogProps) {
  const { api } = useSession()
  const { purchaseId, lines, refunds, refundedFen } = pickup
  const hand = async () => {
    const path = `/pickups/${purchaseId}`
    const answer = await api.post<ConsolePickup>(`${path}/hand-over`, { refundsSeen: refunds })
    const now = answer.ok ? null : await api.get<ConsolePickup>(path)
    if (now?.ok) onLook(now.value)
    return answer
  }
  return (
    <FormDialog<ConsolePickup>
      {...rest}
      title={words.handOf(what)}
      submit={words.hand}
      isReady
      onSubmit={hand}
    >
      <dl className="pickup-facts">
        <dt>{words.whom}</dt>
        <dd>
          <strong>{words.who(pickup.nameMasked, pickup.phoneMasked)}</strong>
        </dd>
        <dt>{words.what}</dt>
        <dd>
          {lines.length === 0 ? (
            words.noLines
          ) : (
            <ul className="pickup-lines">
              {lines.map((line, at) => (
                <li key={at} className={leftOf(line) === 0 ? 'note' : undefined}>
                  {line.name} <strong>{leftInWords(line)}</strong>
                </li>
              ))}
            </ul>
          )}
        </dd>
      </dl>
      {refundedFen > 0 && (
        <Alert type="warning" showIcon title={words.backHint(money(refundedFen))} />
      )}
      <p className="note">{words.handPromise(pickup.storeName)}</p>
    </FormDialog>
  )
}

function leftOf({ quantityMilli, returnedMilli }: PickupLine): number {
  return Math.max(0, quantityMilli - returnedMilli)
}

function leftInWords(line: PickupLine): string {
  const left = leftOf(line)
  if (left === 0) return words.leftNone
  return line.returnedMilli === 0
    ? words.left(quantityOf(left))
    : words.leftSome(quantityOf(left), quantityOf(line.returnedMilli))
}

/** "礼盒 × 2、提袋（已退 1）". */
function goodsOf(lines: readonly PickupLine[]): string {
  if (lines.length === 0) return words.noLines
  const told = lines.slice(0, LINES_TOLD_MAX).map((line) => {
    const left = leftOf(line)
    return left === 0
      ? words.lineBack(line.name, quantityOf(line.returnedMilli))
      : words.line(line.name, quantityOf(left))
  })
  const rest = lines.length > LINES_TOLD_MAX ? [words.more(count(lines.length))] : []
  return [...told, ...rest].join('、')
}

/** When and where, and what became of it. */
function wordsOf(pickup: ConsolePickup): string[] {
  const { state, expectedAtMs, readyAtMs, readyBy, endedAtMs, endedBy, refundedFen } = pickup
  const isWaiting = state === 'preparing' || state === 'ready'
  return [
    words.ordered(pickup.channelName, dateTime(pickup.orderedAtMs)),
    words.at(pickup.storeName),
    ...(isWaiting && expectedAtMs !== null && readyAtMs === null
      ? [words.expected(dateTime(expectedAtMs))]
      : []),
    ...(readyAtMs === null ? [] : [words.readyAt(readyBy, dateTime(readyAtMs))]),
    ...(refundedFen > 0 && state !== 'cancelled' ? [words.refunded(money(refundedFen))] : []),
    ...(state === 'fetched' && endedAtMs !== null
      ? [words.fetched(endedBy ?? '', dateTime(endedAtMs))]
      : []),
    ...(state === 'cancelled' && endedAtMs !== null ? [words.cancelled(dateTime(endedAtMs))] : []),
  ]
}
