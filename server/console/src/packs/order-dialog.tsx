import {
  STAFF_REFUND_REASONS,
  type ConsolePackOrderWhole,
  type StaffRefundReason,
  type StaffRefundRequest,
} from '@huike/shared/contracts/console-packs'
import type { PackGrantView } from '@huike/shared/contracts/packs'
import { idAt, type RequestId } from '@huike/shared/ids'
import {
  PACK_GRANT_WORDS,
  PACK_REFUND_STAFF_WORDS,
  STAFF_REFUND_WORDS,
} from '@huike/shared/pack-words'
import { fen } from '@huike/shared/quantities'
import { Button, Checkbox, Input } from 'antd'
import { useState } from 'react'
import type { Answer } from '../api.js'
import { ChoiceField } from '../choice-field.js'
import { Dialog } from '../dialog.js'
import { Field } from '../field.js'
import { FormDialog } from '../form-dialog.js'
import { count, dateTime, money } from '../format.js'
import { randomChance } from '../random-key.js'
import { useSession } from '../session.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { refundStrings as words } from './strings.js'

const NOTE_CHARACTERS_MAX = 100

interface Props {
  orderId: string
  onRefunded: (order: ConsolePackOrderWhole, how: string) => void
  onClose: () => void
}

/** One order with its coupons; those nobody used can go back, by whoever may. */
export function OrderDialog({ orderId, onRefunded, onClose }: Props) {
  const { may } = useSession()
  const query = useQuery<ConsolePackOrderWhole>(`/packs/orders/${orderId}`)
  const order = query.value
  if (order !== null && order.refundableFen > 0 && may('packs.refund'))
    return <RefundForm {...{ order, onRefunded, onClose }} onLookAgain={query.refresh} />
  return (
    <Dialog
      title={order?.title ?? words.title}
      onClose={onClose}
      actions={<Button onClick={onClose}>{words.close}</Button>}
    >
      <Trouble query={query} />
      {order !== null && (
        <div className="form">
          <ul className="pack-grants">
            {order.grants.map((grant) => (
              <li key={grant.seq}>{grantWords(grant)}</li>
            ))}
          </ul>
          {order.grants.length > 0 && <p className="note">{words.nothing}</p>}
          <Refunds order={order} />
        </div>
      )}
    </Dialog>
  )
}

interface FormProps {
  order: ConsolePackOrderWhole
  onRefunded: Props['onRefunded']
  onClose: () => void
  onLookAgain: () => void
}

function RefundForm({ order, onRefunded, onClose, onLookAgain }: FormProps) {
  const { api } = useSession()
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set())
  const [reason, setReason] = useState<StaffRefundReason | null>(null)
  const [note, setNote] = useState('')
  const [requestId] = useState(() => idAt(Date.now(), randomChance) as RequestId)
  const able = order.grants.filter(({ isRefundable }) => isRefundable)
  const rest = order.grants.filter(({ isRefundable }) => !isRefundable)
  const back = able.filter(({ seq }) => ticked.has(seq))
  const refundFen = fen(back.reduce((sum, { shareFen }) => sum + shareFen, 0))
  const isNoteMissing = reason === 'other' && note.trim() === ''
  const [coupons, amount] = [count(back.length), money(refundFen)]
  const send = async (): Promise<Answer<ConsolePackOrderWhole>> => {
    if (reason === null) throw new Error('money goes back for a reason')
    const answer = await api.post<ConsolePackOrderWhole>(`/packs/orders/${order.orderId}/refunds`, {
      ...{ requestId, refundFen, reason, note: note.trim() },
      seqs: back.map(({ seq }) => seq),
    } satisfies StaffRefundRequest)
    if (answer.ok) return answer
    if (answer.code !== null) onLookAgain()
    const sentence =
      answer.code === null
        ? words.unanswered
        : answer.code === 'idempotency_conflict'
          ? words.conflict
          : answer.sentence
    return { ...answer, sentence }
  }
  return (
    <FormDialog<ConsolePackOrderWhole>
      title={words.formTitle}
      submit={back.length === 0 ? words.submitNone : words.submit(coupons, amount)}
      isReady={back.length > 0 && reason !== null && !isNoteMissing}
      onSubmit={send}
      onDone={(done) => {
        onRefunded(done, words.done(coupons, amount))
      }}
      onCancel={onClose}
    >
      <p className="note">
        {order.title}
        <br />
        <span className="pack-number">{order.orderNo}</span>
      </p>
      <fieldset className="pack-item tile">
        <legend>{words.which}</legend>
        <Checkbox
          checked={back.length === able.length}
          indeterminate={back.length > 0 && back.length < able.length}
          onChange={(event) => {
            setTicked(new Set(event.target.checked ? able.map(({ seq }) => seq) : []))
          }}
        >
          {words.all(count(able.length), money(order.refundableFen))}
        </Checkbox>
        {able.map((grant) => (
          <Checkbox
            key={grant.seq}
            checked={ticked.has(grant.seq)}
            onChange={(event) => {
              const next = new Set(ticked)
              if (event.target.checked) next.add(grant.seq)
              else next.delete(grant.seq)
              setTicked(next)
            }}
          >
            {grantWords(grant)}
          </Checkbox>
        ))}
      </fieldset>
      {rest.length > 0 && (
        <section aria-label={words.not}>
          <p className="note">{words.not}</p>
          <ul className="pack-grants">
            {rest.map((grant) => (
              <li key={grant.seq}>{grantWords(grant)}</li>
            ))}
          </ul>
        </section>
      )}
      <ChoiceField<StaffRefundReason | null>
        label={words.reason}
        choices={STAFF_REFUND_REASONS}
        chosen={reason}
        wordsOf={(one) => (one === null ? '' : STAFF_REFUND_WORDS[one])}
        onChoose={setReason}
      />
      <Field
        label={words.note}
        hint={words.noteHint(count(NOTE_CHARACTERS_MAX))}
        problem={isNoteMissing ? words.noteMissing : null}
      >
        {(control) => (
          <Input
            {...control}
            autoComplete="off"
            maxLength={NOTE_CHARACTERS_MAX}
            value={note}
            onChange={(event) => {
              setNote(event.target.value)
            }}
          />
        )}
      </Field>
      {back.length > 0 && <p className="summary">{words.promise(coupons, amount)}</p>}
      <Refunds order={order} />
    </FormDialog>
  )
}

/** The money that went back, and who asked for it. */
function Refunds({ order }: { order: ConsolePackOrderWhole }) {
  if (order.refunds.length === 0) return null
  return (
    <section aria-label={words.history}>
      <p className="note">{words.history}</p>
      <ul className="pack-grants">
        {order.refunds.map((refund) => (
          <li key={refund.refundNo}>
            {words.refund(count(refund.coupons), money(refund.refundFen))}{' '}
            {PACK_REFUND_STAFF_WORDS[refund.state]}
            <div className="note pack-number">
              {refund.staffName === null ? words.byMember : refund.staffName}{' '}
              {dateTime(refund.createdAtMs)} · {refund.refundNo}
              {refund.reason !== null && ` · ${STAFF_REFUND_WORDS[refund.reason]}`}
              {refund.note !== null && `：${refund.note}`}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

function grantWords({ seq, name, headline, state, dueAtMs, shareFen }: PackGrantView): string {
  const what = state === 'due' ? words.due(dateTime(dueAtMs)) : PACK_GRANT_WORDS[state]
  return words.grant({ at: count(seq + 1), name, headline, what, share: money(shareFen) })
}
