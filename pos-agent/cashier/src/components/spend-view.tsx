import { useEffect, useRef } from 'react'
import { count, money } from '../format.js'
import type { Desk, SpendPanel } from '../model.js'
import { typedWorth } from '../spending.js'
import { strings } from '../strings.js'
import type { Dispatch } from './props.js'

const words = strings.spend

interface Props {
  panel: SpendPanel
  desk: Extract<Desk, { kind: 'known' }>
  dispatch: Dispatch
}

/** Points as cash: what the order comes to, how many points, and what they take off. */
export function SpendView({ panel, desk, dispatch }: Props) {
  const { hold, member } = desk
  const isBusy = panel.busySeq !== null
  const press = (name: 'enter' | 'escape' | 'minus') => () => {
    dispatch({ type: 'key', key: { name }, atMs: performance.now() })
  }
  return (
    <div className="panel" data-panel="spend" aria-busy={isBusy}>
      <header className="panel-head">
        <h2>{words.title}</h2>
        <span>{member.phoneMasked}</span>
        {panel.quote.kind === 'told' && (
          <span className="spend-has">
            {words.spendable(count(panel.quote.quote.spendablePoints))}
          </span>
        )}
      </header>
      <div className="spend-body">
        {hold && (
          <p className="note tone-warn">
            {words.replaces(count(hold.points), money(hold.valueFen))}
          </p>
        )}
        <Field field="amount" panel={panel} dispatch={dispatch} />
        <QuoteWords panel={panel} />
        {panel.quote.kind === 'told' && panel.quote.quote.mostPoints > 0 && (
          <Field field="points" panel={panel} dispatch={dispatch} />
        )}
        <p className="confirm-problem" role="alert">
          {panel.problem}
        </p>
      </div>
      <footer className="panel-foot">
        <button type="button" tabIndex={-1} className="button quiet" onClick={press('escape')}>
          <kbd>Esc</kbd>
          {strings.confirm.cancel}
        </button>
        {hold && (
          <button
            type="button"
            tabIndex={-1}
            className="button quiet"
            disabled={isBusy}
            onClick={press('minus')}
          >
            <kbd>-</kbd>
            {words.release}
          </button>
        )}
        <button
          type="button"
          tabIndex={-1}
          className="button grow"
          disabled={isBusy}
          onClick={press('enter')}
        >
          <kbd>Enter</kbd>
          {isBusy ? words.reserving : willDo(panel)}
        </button>
      </footer>
    </div>
  )
}

/** One of the two fields; the focus goes to the one that keys mean. */
function Field(props: { field: SpendPanel['field']; panel: SpendPanel; dispatch: Dispatch }) {
  const { field, panel, dispatch } = props
  const input = useRef<HTMLInputElement>(null)
  const isMeant = panel.field === field
  useEffect(() => {
    if (isMeant) input.current?.focus()
  }, [isMeant])
  const worth = typedWorth(panel)
  return (
    <div className="spend-field">
      <label htmlFor={`spend-${field}`}>{words[field]}</label>
      <div className="spend-line">
        <input
          id={`spend-${field}`}
          ref={input}
          className={isMeant ? 'amount-input' : 'amount-input is-other'}
          type="tel"
          lang="en"
          inputMode="decimal"
          autoComplete="off"
          value={field === 'amount' ? panel.amountText : panel.pointsText}
          onFocus={() => {
            if (!isMeant) dispatch({ type: 'spend_field', field })
          }}
          onBlur={() =>
            setTimeout(() => {
              if (isMeant) input.current?.focus({ preventScroll: true })
            }, 0)
          }
          onChange={(event) => {
            const { isComposing, data: typed } = event.nativeEvent as InputEvent
            const { timeStamp: atMs } = event
            if (!isComposing)
              dispatch({ type: 'spend_text', text: event.target.value, typed, atMs })
          }}
        />
        {field === 'points' && worth && (
          <strong className="spend-worth">{words.worth(money(worth.valueFen))}</strong>
        )}
      </div>
    </div>
  )
}

/** What the server says of the amount, or that it is being asked. */
function QuoteWords({ panel: { quote } }: { panel: SpendPanel }) {
  switch (quote.kind) {
    case 'none':
      return <p className="hint">{words.amountHint}</p>
    case 'asking':
      return <p className="spend-quote">{words.asking}</p>
    case 'told': {
      const { why, mostPoints, mostFen, leastPoints, stepPoints } = quote.quote
      if (why !== null) return <p className="note tone-warn">{why}</p>
      return (
        <div>
          <p className="spend-quote">{words.most(count(mostPoints), money(mostFen))}</p>
          <p className="hint">{words.rule(count(leastPoints), count(stepPoints))}</p>
        </div>
      )
    }
  }
}

/** What Enter will do, in numbers. */
function willDo(panel: SpendPanel): string {
  const worth = typedWorth(panel)
  return worth ? words.reserve(count(worth.points), money(worth.valueFen)) : words.ask
}
