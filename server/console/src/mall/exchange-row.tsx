import type { ConsoleExchange } from '@huike/shared/contracts/console-mall'
import type { StoreId } from '@huike/shared/ids'
import { EXCHANGE_WORDS } from '@huike/shared/mall-words'
import { Button, Input, Select, Tag } from 'antd'
import { useState } from 'react'
import { Field } from '../field.js'
import { FormDialog } from '../form-dialog.js'
import { count, dateTime } from '../format.js'
import type { Stores } from '../members/use-stores.js'
import { useSession } from '../session.js'
import { fetchStrings as words } from './strings.js'

const REASON_MAX = 100

interface Props {
  exchange: ConsoleExchange
  stores: Stores
  /** What became of it, and what to say of it. */
  onDone: (changed: ConsoleExchange, said: string) => void
}

/** One exchange: what, for whom and until when; handed over or cancelled from here. */
export function ExchangeRow({ exchange, stores, onDone }: Props) {
  const { may } = useSession()
  const [asking, setAsking] = useState<'hand' | 'cancel' | null>(null)
  const { quantity, points, state } = exchange
  const what = words.pieces(exchange.name, count(quantity))
  const who = words.who(exchange.nameMasked, exchange.phoneMasked)
  const isWaiting = state === 'waiting'
  const close = () => {
    setAsking(null)
  }
  const dialog = { exchange, what, who, onCancel: close }
  return (
    <li className="row mall-exchange">
      <div className="mall-exchange-what">
        <span className="coupon-head">
          <strong>{what}</strong>
          <Tag color={isWaiting ? 'success' : 'default'}>{EXCHANGE_WORDS[state]}</Tag>
          <span>{who}</span>
          <span className="note">{words.points(count(points))}</span>
        </span>
        <span className="note">{wordsOf(exchange).join(' · ')}</span>
      </div>
      {isWaiting && (
        <div className="coupon-buttons">
          {may('mall.settle') && (
            <Button
              aria-label={words.cancelOf(what, who)}
              onClick={() => {
                setAsking('cancel')
              }}
            >
              {words.cancel}
            </Button>
          )}
          <Button
            type="primary"
            aria-label={words.handOf(what, who)}
            onClick={() => {
              setAsking('hand')
            }}
          >
            {words.hand}
          </Button>
        </div>
      )}
      {asking === 'hand' && (
        <HandDialog
          {...{ ...dialog, stores }}
          onDone={(changed) => {
            close()
            onDone(changed, words.handDone(what))
          }}
        />
      )}
      {asking === 'cancel' && (
        <CancelDialog
          {...dialog}
          onDone={(changed) => {
            close()
            onDone(changed, words.cancelDone(what))
          }}
        />
      )}
    </li>
  )
}

interface DialogProps {
  exchange: ConsoleExchange
  what: string
  who: string
  onDone: (changed: ConsoleExchange) => void
  onCancel: () => void
}

function HandDialog({ exchange, what, who, stores, ...rest }: DialogProps & { stores: Stores }) {
  const { api } = useSession()
  const named = new Set<string>(exchange.stores.map(({ storeId }) => storeId))
  const able = stores.list.filter(({ id }) => named.size === 0 || named.has(id))
  const [chosen, setChosen] = useState<StoreId | null>(null)
  const storeId = chosen ?? (able.length === 1 ? (able[0]?.id ?? null) : null)
  return (
    <FormDialog<ConsoleExchange>
      {...rest}
      title={words.hand}
      submit={words.hand}
      isReady={storeId !== null}
      onSubmit={() =>
        api.post<ConsoleExchange>(`/mall/exchanges/${exchange.id}/hand-over`, { storeId })
      }
    >
      <p className="summary">{words.whose(what, who)}</p>
      {stores.isKnown && able.length === 0 ? (
        <p>{words.noStore}</p>
      ) : (
        <Field label={words.store}>
          {(control) => (
            <Select
              {...control}
              showSearch={{ optionFilterProp: 'label' }}
              loading={!stores.isKnown}
              value={storeId}
              options={able.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={setChosen}
            />
          )}
        </Field>
      )}
      {storeId !== null && <p className="note">{words.handPromise(stores.nameOf(storeId))}</p>}
    </FormDialog>
  )
}

function CancelDialog({ exchange, what, who, ...rest }: DialogProps) {
  const { api } = useSession()
  const [reason, setReason] = useState('')
  return (
    <FormDialog<ConsoleExchange>
      {...rest}
      title={words.cancel}
      submit={words.cancel}
      isReady={reason.trim() !== ''}
      onSubmit={() =>
        api.post<ConsoleExchange>(`/mall/exchanges/${exchange.id}/cancel`, {
          reason: reason.trim(),
        })
      }
    >
      <p className="summary">
        {words.whose(what, who)}：{words.cancelPromise(count(exchange.points))}
      </p>
      <Field label={words.reason} hint={words.reasonHint}>
        {(control) => (
          <Input
            {...control}
            autoFocus
            maxLength={REASON_MAX}
            value={reason}
            onChange={(event) => {
              setReason(event.target.value)
            }}
          />
        )}
      </Field>
    </FormDialog>
  )
}

/** When and where, and what became of it. */
function wordsOf(exchange: ConsoleExchange): string[] {
  const { state, createdAtMs, fetchUntilMs, endedAtMs, endedBy, returnedPoints } = exchange
  const stores = exchange.stores.map(({ name }) => name).join('、')
  const made = words.made(dateTime(createdAtMs))
  if (state === 'waiting')
    return [
      made,
      ...(fetchUntilMs === null ? [] : [words.until(dateTime(fetchUntilMs))]),
      words.stores(stores === '' ? words.everywhere : stores),
    ]
  const isOver = state === 'cancelled' || state === 'lapsed'
  return [
    made,
    ...(endedAtMs === null ? [] : [words.ended[state](endedBy ?? '', dateTime(endedAtMs))]),
    ...(exchange.storeName === null ? [] : [words.at(exchange.storeName)]),
    ...(exchange.reason === null ? [] : [words.because(exchange.reason)]),
    ...(isOver
      ? [returnedPoints > 0 ? words.returned(count(returnedPoints)) : words.notReturned]
      : []),
  ]
}
