import { COUNTER_REASONS, COUNTER_REASON_WORDS } from '@huike/shared/counter-reasons'
import { count } from '../format.js'
import type { GiftPanel } from '../gift-model.js'
import { giftRows, whoIs } from '../gifts.js'
import type { Desk } from '../model.js'
import { strings } from '../strings.js'
import type { Dispatch } from './props.js'

const words = strings.gifts

interface Props {
  panel: GiftPanel
  desk: Desk
  dispatch: Dispatch
}

/** Coupons a cashier may give: which, why, and one key that gives it to the member on screen. */
export function GiftView({ panel, desk, dispatch }: Props) {
  const isBusy = panel.busySeq !== null || panel.askingSeq !== null
  return (
    <div className="panel" data-panel="gifts" aria-busy={isBusy}>
      <header className="panel-head">
        <h2>{words.title}</h2>
      </header>
      <div className="pickup-body">
        {panel.coupons === null ? (
          <p className="spend-quote">{words.asking}</p>
        ) : panel.chosen === null ? (
          <Coupons panel={panel} dispatch={dispatch} />
        ) : (
          <Reasons panel={panel} desk={desk} dispatch={dispatch} />
        )}
        <p className="confirm-problem" role="alert">
          {panel.problem}
        </p>
      </div>
      <Foot panel={panel} dispatch={dispatch} />
    </div>
  )
}

/** What the store may give now, each with its number key. */
function Coupons({ panel, dispatch }: Omit<Props, 'desk'>) {
  const { rows, pages } = giftRows(panel)
  if (rows.length === 0) return <p className="note">{words.none}</p>
  return (
    <>
      <p className="hint">{words.choose}</p>
      <ol className="coupon-rows is-meant">
        {rows.map(({ templateId, name, headline, leftToday }, at) => (
          <Row key={templateId} at={at} name={name} dispatch={dispatch}>
            <span>{headline}</span>
            <span>{words.left(count(leftToday))}</span>
          </Row>
        ))}
      </ol>
      {pages > 1 && <p className="hint">{words.pages(panel.page + 1, pages)}</p>}
    </>
  )
}

/** The coupon that was chosen, its conditions, and why it is given. */
function Reasons({ panel, desk, dispatch }: Props) {
  const { chosen, reason } = panel
  if (chosen === null) return null
  return (
    <>
      <div className="gift-chosen">
        <strong>{chosen.name}</strong>
        <p>{chosen.headline}</p>
        <p className="hint">{chosen.conditions.join('；')}</p>
      </div>
      <p className="hint">{words.why}</p>
      <ol className={reason === null ? 'coupon-rows is-meant' : 'coupon-rows'}>
        {COUNTER_REASONS.map((one, at) => (
          <Row
            key={one}
            at={at}
            name={COUNTER_REASON_WORDS[one]}
            isTicked={reason?.reason === one}
            dispatch={dispatch}
          />
        ))}
      </ol>
      {reason !== null && (
        <p className="note tone-good">{words.promise(chosen.name, whoIs(desk))}</p>
      )}
    </>
  )
}

interface RowProps {
  at: number
  name: string
  isTicked?: boolean
  dispatch: Dispatch
  children?: React.ReactNode
}

function Row({ at, name, isTicked, dispatch, children }: RowProps) {
  return (
    <li>
      <button
        type="button"
        tabIndex={-1}
        className="coupon-row pickup-row"
        data-gift-row={at + 1}
        {...(isTicked === undefined ? {} : { 'aria-pressed': isTicked })}
        onClick={() => {
          dispatch({ type: 'gift_pressed', at, atMs: performance.now() })
        }}
      >
        <kbd>{at + 1}</kbd>
        <strong className="pickup-what">{name}</strong>
        {children}
      </button>
    </li>
  )
}

function Foot({ panel, dispatch }: Omit<Props, 'desk'>) {
  const { chosen, reason, busySeq } = panel
  const press = (name: 'enter' | 'escape') => () => {
    dispatch({ type: 'key', key: { name }, atMs: performance.now() })
  }
  return (
    <footer className="panel-foot">
      <button type="button" tabIndex={-1} className="button quiet" onClick={press('escape')}>
        <kbd>Esc</kbd>
        {chosen === null ? strings.confirm.cancel : words.keys.other}
      </button>
      {chosen !== null && (
        <button
          type="button"
          tabIndex={-1}
          className="button grow"
          disabled={reason === null || busySeq !== null}
          onClick={press('enter')}
        >
          <kbd>Enter</kbd>
          {busySeq === null ? words.give : words.giving}
        </button>
      )}
    </footer>
  )
}
