import type { PrivacySettings } from '@huike/shared/contracts/rights'
import { Button } from 'antd'
import { useState } from 'react'
import { FormDialog } from '../form-dialog.js'
import { COOLING_OFF_DAYS_MAX } from '../limits.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { DaysField, readDays } from './days-field.js'
import { deletionStrings as words } from './strings.js'

const PATH = '/settings/privacy'

/** How many days a deletion may be taken back, and the way to change that. */
export function CoolingOff() {
  const { may } = useSession()
  const query = useQuery<PrivacySettings>(PATH)
  const [isChanging, setIsChanging] = useState(false)
  const { value } = query
  return (
    <>
      <Trouble query={query} rows={1} />
      {value !== null && (
        <div className="tile rights-head">
          <strong>{words.coolingOff(value.coolingOffDays)}</strong>
          {may('settings.manage') && (
            <Button
              onClick={() => {
                setIsChanging(true)
              }}
            >
              {words.coolingOffChange}
            </Button>
          )}
        </div>
      )}
      {value !== null && isChanging && (
        <CoolingOffDialog
          settings={value}
          onDone={(settings) => {
            setIsChanging(false)
            query.replace(settings)
          }}
          onCancel={() => {
            setIsChanging(false)
          }}
        />
      )}
    </>
  )
}

interface Props {
  settings: PrivacySettings
  onDone: (settings: PrivacySettings) => void
  onCancel: () => void
}

function CoolingOffDialog({ settings, onDone, onCancel }: Props) {
  const { api } = useSession()
  const [text, setText] = useState(String(settings.coolingOffDays))
  const days = readDays(text, 1, COOLING_OFF_DAYS_MAX)
  return (
    <FormDialog<PrivacySettings>
      title={words.coolingOffChange}
      submit={strings.save}
      isReady={days !== null && days !== settings.coolingOffDays}
      onSubmit={() => api.put(PATH, { coolingOffDays: days })}
      onDone={onDone}
      onCancel={onCancel}
    >
      <DaysField
        label={words.coolingOffField}
        hint={words.coolingOffHint(COOLING_OFF_DAYS_MAX)}
        isWrong={days === null}
        value={text}
        onChange={setText}
      />
      {days !== null && <p className="note">{words.coolingOffPromise(String(days))}</p>}
    </FormDialog>
  )
}
