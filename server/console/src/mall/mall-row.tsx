import type { ConsoleMallItem, MallChange } from '@huike/shared/contracts/console-mall'
import { idAt, type RequestId } from '@huike/shared/ids'
import { Button, Progress, Tag } from 'antd'
import { useId, useState } from 'react'
import { Ask } from '../ask.js'
import { count, dateTime } from '../format.js'
import { randomChance } from '../random-key.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { formStrings, mallStrings as words } from './strings.js'

const PERCENT = 100

interface Props {
  item: ConsoleMallItem
  nowMs: number
  onChanged: (item: ConsoleMallItem) => void
}

/** One item: what it is, how much of it is gone, and whether members see it. */
export function MallRow({ item, nowMs, onChanged }: Props) {
  const { may, api } = useSession()
  // One request for one question: sent again it changes nothing more.
  const [asking, setAsking] = useState<RequestId | null>(null)
  const labelId = useId()
  const { id, version, terms, limits } = item
  const { name, pricePoints } = terms
  const isOpen = limits.state === 'open'
  const turnWords = isOpen ? words.stop : words.open
  const turnNamed = (isOpen ? words.stopNamed : words.openNamed)(name)
  const turn = (requestId: RequestId) =>
    api.post<ConsoleMallItem>(`/mall/items/${id}`, {
      ...{ requestId, terms, limits: { ...limits, state: isOpen ? 'stopped' : 'open' } },
      basedOnVersion: version,
    } satisfies MallChange)
  return (
    <li className="row coupon-row" aria-labelledby={labelId}>
      <div className="coupon-what">
        <div className="coupon-head">
          <strong id={labelId} className="coupon-name">
            {name}
          </strong>
          <Tag color={isShown(item, nowMs) ? 'success' : 'default'}>{stateOf(item, nowMs)}</Tag>
          <Tag>{words.kinds[terms.gives.kind]}</Tag>
        </div>
        <p className="coupon-headline">{words.price(count(pricePoints))}</p>
        <p className="note">{whatWords(item)}</p>
        <p className="note">
          {terms.category} · {words.version(count(version))} ·{' '}
          {words.changed(item.changedBy, dateTime(item.changedAtMs))}
        </p>
      </div>
      <Stock item={item} />
      <div className="coupon-buttons">
        {may('mall.manage') && asking === null && (
          <>
            <Button
              aria-label={turnNamed}
              onClick={() => {
                setAsking(idAt(Date.now(), randomChance) as RequestId)
              }}
            >
              {turnWords}
            </Button>
            <Button aria-label={words.changeNamed(name)} href={hrefOf(`/mall/${id}`)}>
              {words.change}
            </Button>
          </>
        )}
      </div>
      {asking !== null && (
        <Ask<ConsoleMallItem>
          label={turnNamed}
          promise={isOpen ? words.stopPromise(name) : words.openPromise(name, count(pricePoints))}
          confirm={turnWords}
          isDanger={isOpen}
          onConfirm={() => turn(asking)}
          onDone={(changed) => {
            setAsking(null)
            onChanged(changed)
          }}
          onCancel={() => {
            setAsking(null)
          }}
        />
      )}
    </li>
  )
}

function Stock({ item: { terms, limits, taken, waiting } }: { item: ConsoleMallItem }) {
  const { stock } = limits
  return (
    <div className="coupon-meters">
      <div className="coupon-meter">
        <span className="coupon-meter-words">
          <span className="note">{words.taken}</span>
          <span>{words.takenOf(count(taken), stock === null ? null : count(stock))}</span>
        </span>
        {stock !== null && (
          <Progress
            aria-label={words.meter(terms.name)}
            percent={stock === 0 ? PERCENT : Math.min(PERCENT, (taken / stock) * PERCENT)}
            showInfo={false}
            size="small"
            strokeColor="var(--hk-brand)"
          />
        )}
      </div>
      {terms.gives.kind === 'goods' && <p className="note">{words.waiting(count(waiting))}</p>}
    </div>
  )
}

function whatWords({ terms: { gives }, coupon, stores }: ConsoleMallItem): string {
  if (gives.kind === 'coupon') return coupon === null ? '' : `${coupon.name}：${coupon.headline}`
  const names = stores.map(({ name }) => name).join('、')
  return [
    formStrings.fetchWithin(count(gives.fetchDays)),
    formStrings.fetchAt(names === '' ? formStrings.everywhere : names),
    formStrings.lapseWords[gives.lapse],
  ].join('；')
}

/** Whether members can take one now, as far as the item says. */
function isShown({ limits, taken }: ConsoleMallItem, nowMs: number): boolean {
  const { state, fromMs, untilMs, stock } = limits
  const isNow = fromMs <= nowMs && nowMs < (untilMs ?? Infinity)
  return state === 'open' && isNow && taken < (stock ?? Infinity)
}

function stateOf(item: ConsoleMallItem, nowMs: number): string {
  const { state, fromMs, untilMs } = item.limits
  if (state !== 'open' || isShown(item, nowMs)) return words.states[state]
  if (fromMs > nowMs) return words.shown.coming
  return untilMs !== null && untilMs <= nowMs ? words.shown.over : words.shown.out
}
