import type { CouponPosterView } from '@huike/shared/contracts/coupon-posters'
import { Button, Tag } from 'antd'
import { useId, useState } from 'react'
import { Ask } from '../ask.js'
import { count, dateTime, money } from '../format.js'
import type { Stores } from '../members/use-stores.js'
import { useSession } from '../session.js'
import { isRunning } from './poster-form.js'
import { posterStrings as words } from './poster-strings.js'

interface Props {
  poster: CouponPosterView
  stores: Stores
  mayManage: boolean
  onPicture: () => void
  onStopped: (poster: CouponPosterView) => void
}

/** One poster: what it says, what it did, and stopping it. */
export function PosterRow({ poster, stores, mayManage, onPicture, onStopped }: Props) {
  const { api } = useSession()
  const [isAsking, setIsAsking] = useState(false)
  const labelId = useId()
  const { id, name, state, taken } = poster
  return (
    <li className="row coupon-row" aria-labelledby={labelId}>
      <What {...{ poster, stores, labelId }} />
      <Did poster={poster} />
      <div className="coupon-buttons">
        <Button aria-label={words.pictureNamed(name)} onClick={onPicture}>
          {words.picture}
        </Button>
        {mayManage && isRunning(poster) && (
          <Button
            danger
            aria-label={words.stopNamed(name)}
            onClick={() => {
              setIsAsking(true)
            }}
          >
            {words.stop}
          </Button>
        )}
      </div>
      {isAsking && state !== 'stopped' && (
        <Ask<CouponPosterView>
          isDanger
          label={words.stopNamed(name)}
          promise={words.stopPromise(name, count(taken))}
          confirm={words.stopConfirm}
          onConfirm={() => api.post(`/coupons/posters/${id}/stop`, {})}
          onDone={(stopped) => {
            setIsAsking(false)
            onStopped(stopped)
          }}
          onCancel={() => {
            setIsAsking(false)
          }}
        />
      )}
    </li>
  )
}

function What({ poster, stores, labelId }: Pick<Props, 'poster' | 'stores'> & { labelId: string }) {
  const { name, state, couponName, headline, code, storeId, fromMs, untilMs } = poster
  const at = (ms: number) => dateTime(ms, stores.timeZone)
  const { createdBy, createdAtMs, stopped } = poster
  return (
    <div className="coupon-what">
      <div className="coupon-head">
        <strong id={labelId} className="coupon-name">
          {name}
        </strong>
        <Tag color={state === 'open' ? 'success' : 'default'}>{words.states[state]}</Tag>
      </div>
      <p className="coupon-headline">{words.coupon(couponName, headline)}</p>
      <p>{words.code(code)}</p>
      <p className="note">
        {storeId === null ? words.anywhere : stores.nameOf(storeId)} ·{' '}
        {words.when(at(fromMs), at(untilMs))}
      </p>
      <p className="note">
        {words.created(createdBy, at(createdAtMs))}
        {stopped !== null && `；${words.stopped(stopped.by, at(stopped.atMs))}`}
      </p>
    </div>
  )
}

function Did({ poster: { taken, total, takenByNew, used, sales } }: Pick<Props, 'poster'>) {
  return (
    <div>
      <p>{words.taken(count(taken), total === null ? null : count(total))}</p>
      <p className="note" title={words.byNewHint}>
        {words.byNew(count(takenByNew))}
      </p>
      <p className="note">{words.used(count(used))}</p>
      <p className="note">{words.sales(count(sales.purchases), money(sales.totalFen))}</p>
    </div>
  )
}
