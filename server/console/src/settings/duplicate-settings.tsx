import type { DuplicateSettings } from '@huike/shared/contracts/console-identity'
import { Alert, Checkbox, Input } from 'antd'
import { useState } from 'react'
import { Field } from '../field.js'
import { FormSection } from '../form-section.js'
import { timeOfDay } from '../format.js'
import { useSession } from '../session.js'
import { Failure, Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { SaveRow } from './save-row.js'
import { settingsStrings as words } from './strings.js'
import { fenOfYuan, yuanOfFen } from './yuan.js'

const PATH = '/settings/duplicates'

/** Whether records that are one person are merged without one. */
export function DuplicateSettingsForm() {
  const query = useQuery<DuplicateSettings>(PATH)
  return (
    <FormSection
      id="duplicate-settings"
      className="settings"
      title={words.duplicates}
      note={words.duplicatesNote}
    >
      <Trouble query={query} rows={2} />
      {query.value !== null && <Form settings={query.value} onSaved={query.replace} />}
    </FormSection>
  )
}

interface Props {
  settings: DuplicateSettings
  onSaved: (settings: DuplicateSettings) => void
}

function Form({ settings, onSaved }: Props) {
  const { api, may } = useSession()
  const mayChange = may('settings.manage')
  const [mergesAlone, setMergesAlone] = useState(settings.mergesAlone)
  const [yuan, setYuan] = useState(yuanOfFen(settings.valuableFromFen))
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [savedAt, setSavedAt] = useState<string | null>(null)
  const typedFen = fenOfYuan(yuan)
  const isAmount = typedFen !== null
  const valuableFromFen = typedFen ?? settings.valuableFromFen
  const isSame =
    mergesAlone === settings.mergesAlone && valuableFromFen === settings.valuableFromFen
  const save = async () => {
    setIsBusy(true)
    const answer = await api.put<DuplicateSettings>(PATH, { mergesAlone, valuableFromFen })
    setIsBusy(false)
    setProblem(answer.ok ? null : answer.sentence)
    setSavedAt(answer.ok ? timeOfDay(Date.now()) : null)
    if (answer.ok) onSaved(answer.value)
  }
  return (
    <form
      className="form"
      aria-labelledby="duplicate-settings"
      onSubmit={(event) => {
        event.preventDefault()
        if (isAmount && !isSame && !isBusy) void save()
      }}
    >
      <div>
        <Checkbox
          checked={mergesAlone}
          disabled={!mayChange}
          onChange={(event) => {
            setMergesAlone(event.target.checked)
            setSavedAt(null)
          }}
        >
          {words.mergesAlone}
        </Checkbox>
        <p className="note">{words.mergesAloneHint}</p>
      </div>
      <Field label={words.valuableFrom} problem={isAmount ? null : words.valuableHint}>
        {(control) => (
          <Input
            {...control}
            prefix="¥"
            inputMode="numeric"
            disabled={!mayChange}
            value={yuan}
            onChange={(event) => {
              setYuan(event.target.value)
              setSavedAt(null)
            }}
          />
        )}
      </Field>
      {problem !== null && <Failure sentence={problem} />}
      {savedAt !== null && (
        <Alert type="success" role="status" title={words.duplicatesSaved(savedAt)} showIcon />
      )}
      {mayChange && (
        <SaveRow words={words.applyDuplicates} isBusy={isBusy} isReady={isAmount && !isSame} />
      )}
    </form>
  )
}
