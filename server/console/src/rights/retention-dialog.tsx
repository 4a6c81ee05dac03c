import type { Retention, RetentionChange } from '@huike/shared/contracts/rights'
import { Alert, Checkbox } from 'antd'
import { useState } from 'react'
import { FormDialog } from '../form-dialog.js'
import { count } from '../format.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { DaysField, readDays } from './days-field.js'
import type { RetentionRule } from './retention-page.js'
import { retentionStrings as words } from './strings.js'

interface Props {
  rule: RetentionRule
  onDone: (retention: Retention) => void
  onCancel: () => void
}

/** Changes one rule. Keeping something for less time deletes more: that is said and agreed to. */
export function RetentionDialog({ rule, onDone, onCancel }: Props) {
  const { api } = useSession()
  const { name, title, text, keptDays, daysMin, daysMax } = rule
  const [typed, setTyped] = useState(String(keptDays))
  const [isSure, setIsSure] = useState(false)
  const days = readDays(typed, daysMin, daysMax)
  const isShorter = days !== null && days < keptDays
  const isChanged = days !== null && days !== keptDays
  return (
    <FormDialog<Retention>
      title={words.changeOf(title)}
      submit={strings.save}
      isReady={isChanged && (!isShorter || isSure)}
      onSubmit={() => {
        const change = { name, keptDays: days } as RetentionChange
        return api.put('/retention', change)
      }}
      onDone={onDone}
      onCancel={onCancel}
    >
      <p className="note">{text}</p>
      <DaysField
        label={words.days}
        hint={words.daysHint(daysMin, daysMax)}
        isWrong={days === null}
        value={typed}
        onChange={(value) => {
          setTyped(value)
          setIsSure(false)
        }}
      />
      {isChanged && (
        <Alert
          type={isShorter ? 'warning' : 'info'}
          role="status"
          showIcon
          title={(isShorter ? words.shorter : words.longer)(title, count(days))}
        />
      )}
      {isShorter && (
        <Checkbox
          checked={isSure}
          onChange={(event) => {
            setIsSure(event.target.checked)
          }}
        >
          {words.sure}
        </Checkbox>
      )}
    </FormDialog>
  )
}
