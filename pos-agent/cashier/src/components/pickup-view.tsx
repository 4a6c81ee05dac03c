import { codeInGroups } from '@huike/shared/mall-words'
import type { TillPickup } from '@huike/shared/contracts/till-pickups'
import { useEffect, useRef } from 'react'
import { dayOf, money } from '../format.js'
import type { PickupPanel } from '../pickup-model.js'
import { piecesOf, pickupRows, quantityInWords, whatInWords, whoseInWords } from '../pickups.js'
import { strings } from '../strings.js'
import type { Dispatch } from './props.js'
import { Scrolled } from './scrolled.js'

const words = strings.pickups

interface Props {
  panel: PickupPanel
  timeZone: string | null
  dispatch: Dispatch
}

/** What is fetched: a code, what it stands for and whose it is, and one key that hands it over. */
export function PickupView({ panel, timeZone, dispatch }: Props) {
  const isBusy = panel.busySeq !== null || panel.askingSeq !== null
  return (
    <div className="panel" data-panel="pickups" aria-busy={isBusy}>
      <header className="panel-head">
        <h2>{words.title}</h2>
      </header>
      <div className="pickup-body">
        <Code panel={panel} dispatch={dispatch} />
        {panel.askingSeq !== null ? (
          <p className="spend-quote">{words.asking}</p>
        ) : panel.shown ? (
          <Shown pickup={panel.shown.pickup} isTyped={panel.codeText !== ''} timeZone={timeZone} />
        ) : (
          <List panel={panel} timeZone={timeZone} dispatch={dispatch} />
        )}
        <p className="confirm-problem" role="alert">
          {panel.problem}
        </p>
      </div>
      <Foot panel={panel} dispatch={dispatch} />
    </div>
  )
}

/** The field of the code; it keeps the focus, whatever keys mean. */
function Code({ panel, dispatch }: Pick<Props, 'panel' | 'dispatch'>) {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    input.current?.focus()
  }, [])
  const isMeant = panel.field === 'code' && panel.shown === null
  return (
    <div className={panel.shown ? 'spend-field is-found' : 'spend-field'}>
      <label htmlFor="pickup-code">{words.code}</label>
      <input
        id="pickup-code"
        ref={input}
        className={isMeant ? 'amount-input' : 'amount-input is-other'}
        type="tel"
        lang="en"
        inputMode="numeric"
        autoComplete="off"
        value={codeInGroups(panel.codeText)}
        onBlur={() => setTimeout(() => input.current?.focus({ preventScroll: true }), 0)}
        onChange={(event) => {
          const { isComposing, data: typed } = event.nativeEvent as InputEvent
          const { timeStamp: atMs } = event
          if (!isComposing) dispatch({ type: 'pickup_text', text: event.target.value, typed, atMs })
        }}
      />
    </div>
  )
}

/** What it is, how much, whose, until when, and whether it can be handed over. */
function Shown(props: { pickup: TillPickup; isTyped: boolean; timeZone: string | null }) {
  const { pickup, isTyped, timeZone } = props
  const { lines, why, untilMs, codeTail, orderName, refundedFen, isPreparing } = pickup
  const isMany = lines.length > 1
  const isPlain = refundedFen === 0 && !isPreparing
  return (
    <div className="pickup-shown" data-pickup={why === null ? 'ready' : 'over'}>
      <Scrolled className={`pickup-lines${isMany ? ' is-many' : ''}`} label={words.lines}>
        {lines.map((line, at) => (
          <Line key={`${String(at)} ${line.name}`} line={line} />
        ))}
      </Scrolled>
      {isMany && <p className="hint">{words.kinds(lines.length)}</p>}
      <dl className="pickup-facts">
        {orderName !== null && (
          <div>
            <dt>{words.order}</dt>
            <dd>{orderName}</dd>
          </div>
        )}
        <div>
          <dt>{words.whose}</dt>
          <dd>{whoseInWords(pickup)}</dd>
        </div>
        {codeTail !== null && !isTyped && (
          <div>
            <dt>{words.codeTail}</dt>
            <dd>{codeTail}</dd>
          </div>
        )}
        {untilMs !== null && (
          <div>
            <dt>{words.until}</dt>
            <dd>{words.untilDay(dayOf(untilMs - 1, timeZone))}</dd>
          </div>
        )}
      </dl>
      {why === null && refundedFen > 0 && (
        <p className="note tone-bad">{words.refunded(money(refundedFen))}</p>
      )}
      {why === null && isPreparing && <p className="note tone-warn">{words.preparing}</p>}
      {why === null && isPlain && <p className="note tone-good">{words.ready}</p>}
      {why !== null && (
        <p className="note tone-bad">
          <strong>{words.notReady}</strong>
          {`：${why.sentence}`}
        </p>
      )}
    </div>
  )
}

/** A line of it; what came back of an order is not to be given any more. */
function Line({ line }: { line: TillPickup['lines'][number] }) {
  const { name, quantityMilli, returnedMilli } = line
  const isAllBack = returnedMilli > 0 && returnedMilli >= quantityMilli
  return (
    <p className={isAllBack ? 'is-back' : undefined}>
      <strong>{name}</strong>
      {returnedMilli > 0 && (
        <em>{isAllBack ? words.returnedAll : words.returned(quantityInWords(returnedMilli))}</em>
      )}
      <span>{words.times(quantityInWords(quantityMilli))}</span>
    </p>
  )
}

/** All that the member on screen can fetch here, each with its number key. */
function List({ panel, timeZone, dispatch }: Props) {
  const { list, field, page } = panel
  if (list === null) return <p className="hint">{words.hint}</p>
  const { rows, pages } = pickupRows(panel)
  if (rows.length === 0) return <p className="note">{words.none}</p>
  return (
    <>
      <p className="hint">{field === 'list' ? words.list : words.listAside}</p>
      <ol className={field === 'list' ? 'coupon-rows is-meant' : 'coupon-rows'}>
        {rows.map((pickup, at) => (
          <li key={pickup.pickupId}>
            <button
              type="button"
              tabIndex={-1}
              className="coupon-row pickup-row"
              data-pickup-row={at + 1}
              onClick={() => {
                const { pickupId } = pickup
                dispatch({ type: 'pickup_pressed', pickupId, atMs: performance.now() })
              }}
            >
              <kbd>{at + 1}</kbd>
              <strong className="pickup-what">{whatInWords(pickup)}</strong>
              {pickup.codeTail !== null && <span>{words.tail(pickup.codeTail)}</span>}
              {pickup.untilMs !== null && (
                <span>{words.untilDay(dayOf(pickup.untilMs - 1, timeZone))}</span>
              )}
            </button>
          </li>
        ))}
      </ol>
      {pages > 1 && <p className="hint">{words.pages(page + 1, pages)}</p>}
    </>
  )
}

function Foot({ panel, dispatch }: Pick<Props, 'panel' | 'dispatch'>) {
  const { shown, busySeq, askingSeq } = panel
  const isReady = shown !== null && shown.pickup.why === null
  const isAsking = shown === null && panel.field === 'code'
  const press = (name: 'enter' | 'escape') => () => {
    dispatch({ type: 'key', key: { name }, atMs: performance.now() })
  }
  return (
    <footer className="panel-foot">
      <button type="button" tabIndex={-1} className="button quiet" onClick={press('escape')}>
        <kbd>Esc</kbd>
        {isReady ? words.leave : strings.confirm.cancel}
      </button>
      {(isAsking || isReady) && (
        <button
          type="button"
          tabIndex={-1}
          className="button grow"
          disabled={busySeq !== null || askingSeq !== null}
          onClick={press('enter')}
        >
          <kbd>Enter</kbd>
          {busySeq !== null
            ? words.handing
            : isReady
              ? words.handOver(piecesOf(shown.pickup))
              : words.find}
        </button>
      )}
    </footer>
  )
}
