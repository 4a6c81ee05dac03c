import type { DuplicateSettings } from '@huike/shared/contracts/console-identity'
import { Checkbox, Input } from 'antd'
import { useState } from 'react'
import { Field } from '../field.js'
import { FormSection } from '../form-section.js'
import { SaveRow } from '../save-row.js'
import { useSession } from '../session.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { useSaving } from '../use-saving.js'
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
  const { may } = useSession()
  const mayChange = may('settings.manage')
  const [mergesAlone, setMergesAlone] = useState(settings.mergesAlone)
  const [yuan, setYuan] = useState(yuanOfFen(settings.valuableFromFen))
  const saving = useSaving<DuplicateSettings>(PATH, onSaved)
  const typedFen = fenOfYuan(yuan)
  const isAmount = typedFen !== null
  const valuableFromFen = typedFen ?? settings.valuableFromFen
  const isSame =
    mergesAlone === settings.mergesAlone && valuableFromFen === settings.valuableFromFen
  return (
    <form
      className="form"
      aria-labelledby="duplicate-settings"
      onSubmit={(event) => {
        event.preventDefault()
        if (isAmount && !isSame) void saving.save({ mergesAlone, valuableFromFen })
      }}
    >
      <div>
        <Checkbox
          checked={mergesAlone}
          disabled={!mayChange}
          onChange={(event) => {
            setMergesAlone(event.target.checked)
            saving.touch()
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
              saving.touch()
            }}
          />
        )}
      </Field>
      <SaveRow
        {...{ saving, mayChange }}
        words={words.applyDuplicates}
        savedWords={words.duplicatesSaved}
        isReady={isAmount && !isSame}
      />
    </form>
  )
}
