import type { OfflineTills } from '@huike/shared/contracts/offline'
import { Button, Empty, Input } from 'antd'
import { useState } from 'react'
import { Field } from '../field.js'
import { clockTime, count } from '../format.js'
import { FormDialog } from '../form-dialog.js'
import { useSession } from '../session.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { offlineStrings as words } from './strings.js'

type Till = OfflineTills['tills'][number]
const REASON = { least: 2, most: 100 }

/** Tills that hold something for when they have no network. */
export function HoldingTills() {
  const query = useQuery<OfflineTills>('/offline/tills')
  const [lost, setLost] = useState<Till | null>(null)
  const { may } = useSession()
  const tills = query.value?.tills ?? null
  return (
    <section aria-label={words.tills}>
      <h2>{words.tills}</h2>
      <Trouble query={query} rows={2} />
      {tills?.length === 0 && (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.tillsEmpty} />
      )}
      <ul className="rows">
        {tills?.map((till) => (
          <li key={till.terminalId} className="row">
            <strong>{words.till(till.storeName, till.terminalCode)}</strong>
            <span>{words.holds(count(till.coupons), count(till.members))}</span>
            <span className="note">{words.until(clockTime(till.untilMs))}</span>
            {may('terminals.manage') && (
              <Button
                className="row-end"
                danger
                aria-label={words.releaseOf(words.till(till.storeName, till.terminalCode))}
                onClick={() => {
                  setLost(till)
                }}
              >
                {words.release}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {lost !== null && (
        <ReleaseDialog
          till={lost}
          onDone={() => {
            setLost(null)
            query.refresh()
          }}
          onCancel={() => {
            setLost(null)
          }}
        />
      )}
    </section>
  )
}

function ReleaseDialog(props: { till: Till; onDone: () => void; onCancel: () => void }) {
  const { till, onDone, onCancel } = props
  const { api } = useSession()
  const [reason, setReason] = useState('')
  const said = reason.trim()
  const { terminalId, storeName, terminalCode } = till
  return (
    <FormDialog
      title={words.releaseOf(words.till(storeName, terminalCode))}
      submit={words.release}
      isReady={said.length >= REASON.least}
      onSubmit={() => api.post('/offline/release', { terminalId, reason: said })}
      onDone={onDone}
      onCancel={onCancel}
    >
      <p>
        {words.holds(count(till.coupons), count(till.members))}。{words.releaseNote}
      </p>
      <Field label={words.reason} hint={words.reasonHint}>
        {(control) => (
          <Input
            {...control}
            autoFocus
            maxLength={REASON.most}
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
