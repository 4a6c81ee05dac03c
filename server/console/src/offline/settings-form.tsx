import type { OfflineSettings } from '@huike/shared/contracts/offline'
import { Checkbox, ConfigProvider, Input } from 'antd'
import { useState } from 'react'
import { Field } from '../field.js'
import { FormSection } from '../form-section.js'
import { SaveRow } from '../save-row.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { useSaving } from '../use-saving.js'
import { wholeNumber } from '../whole-number.js'
import { offlineStrings as words } from './strings.js'

const PATH = '/offline/settings'
const HEADING = 'offline-settings'
const HOURS = [1, 24] as const
const POINTS = [0, 100_000] as const

/** What tills may redeem without a network. */
export function OfflineSettingsForm() {
  const query = useQuery<OfflineSettings>(PATH)
  return (
    <FormSection id={HEADING} title={words.settings} note={words.settingsNote} className="settings">
      <Trouble query={query} rows={3} />
      {query.value !== null && <Form settings={query.value} onSaved={query.replace} />}
    </FormSection>
  )
}

interface Props {
  settings: OfflineSettings
  onSaved: (settings: OfflineSettings) => void
}

function Form({ settings, onSaved }: Props) {
  const { may } = useSession()
  const mayChange = may('settings.manage')
  const [isOn, setIsOn] = useState(settings.isOn)
  const [hoursText, setHoursText] = useState(String(settings.hours))
  const [pointsText, setPointsText] = useState(String(settings.pointsMax))
  const saving = useSaving<OfflineSettings>(PATH, onSaved)
  const hours = wholeNumber(hoursText, HOURS)
  const pointsMax = wholeNumber(pointsText, POINTS)
  const next = hours === null || pointsMax === null ? null : { isOn, hours, pointsMax }
  const isSame = next !== null && JSON.stringify(next) === JSON.stringify(inOrder(settings))
  const field = (of: {
    label: string
    hint: string
    value: string
    isWrong: boolean
    set: (text: string) => void
  }) => (
    <Field label={of.label} hint={of.hint} problem={of.isWrong ? of.hint : null}>
      {(control) => (
        <Input
          {...control}
          inputMode="numeric"
          value={of.value}
          onChange={(event) => {
            of.set(event.target.value)
            saving.touch()
          }}
        />
      )}
    </Field>
  )
  return (
    <form
      className="form"
      aria-labelledby={HEADING}
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault()
        if (next !== null && !isSame) void saving.save(next)
      }}
    >
      <ConfigProvider componentDisabled={!mayChange}>
        <div>
          <Checkbox
            checked={isOn}
            onChange={(event) => {
              setIsOn(event.target.checked)
              saving.touch()
            }}
          >
            {words.on}
          </Checkbox>
          <p className="note">{words.onHint}</p>
        </div>
        {field({
          ...{ label: words.hours, hint: words.hoursHint, value: hoursText },
          ...{ isWrong: hours === null, set: setHoursText },
        })}
        {field({
          ...{ label: words.points, hint: words.pointsHint, value: pointsText },
          ...{ isWrong: pointsMax === null, set: setPointsText },
        })}
      </ConfigProvider>
      <SaveRow
        {...{ saving, mayChange }}
        words={strings.save}
        savedWords={words.saved}
        isReady={next !== null && !isSame}
      />
    </form>
  )
}

function inOrder({ isOn, hours, pointsMax }: OfflineSettings): OfflineSettings {
  return { isOn, hours, pointsMax }
}
