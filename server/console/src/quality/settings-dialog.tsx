import type { QualityFigureCode, QualitySettings } from '@huike/shared/contracts/console-quality'
import { Checkbox, Input } from 'antd'
import { useState } from 'react'
import { Field } from '../field.js'
import { FormDialog } from '../form-dialog.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { draftOf, settingsOf, type Draft } from './settings-draft.js'
import { isCompleteness } from './shares.js'
import { FIGURES, qualityStrings, settingsStrings as words } from './strings.js'

const PATH = '/quality/settings'
/** What became of pairs is told and not judged. */
const UNJUDGED: readonly string[] = ['pair_merged', 'pair_rejected']
const CODES = (Object.keys(FIGURES) as QualityFigureCode[]).filter(
  (code) => !UNJUDGED.includes(code),
)

/** What is expected of the data, and what members are asked for. */
export function QualitySettingsDialog({ onClose }: { onClose: () => void }) {
  const query = useQuery<QualitySettings>(PATH)
  if (query.value === null) return <Trouble query={query} rows={2} />
  return <Dialog settings={query.value} onClose={onClose} />
}

interface DialogProps {
  settings: QualitySettings
  onClose: () => void
}

function Dialog({ settings, onClose }: DialogProps) {
  const { api } = useSession()
  const [draft, setDraft] = useState(() => draftOf(settings))
  const next = settingsOf(draft)
  const change = (changes: Partial<Draft>) => {
    setDraft({ ...draft, ...changes })
  }
  return (
    <FormDialog
      title={words.title}
      submit={strings.save}
      isReady={next !== null}
      onSubmit={() => api.put<QualitySettings>(PATH, next)}
      onDone={onClose}
      onCancel={onClose}
    >
      <p className="note">{words.note}</p>
      <div className="form quality-settings">
        {[true, false].map((isHigh) => (
          <fieldset key={String(isHigh)}>
            <legend>{isHigh ? words.highNote : words.lowNote}</legend>
            <div className="quality-thresholds">
              {CODES.filter((code) => isCompleteness({ code }) === isHigh).map((code) => (
                <NumberField
                  key={code}
                  label={qualityStrings.figure(code)}
                  value={draft.thresholds[code] ?? ''}
                  onChange={(text) => {
                    change({ thresholds: { ...draft.thresholds, [code]: text } })
                  }}
                />
              ))}
            </div>
          </fieldset>
        ))}
        {(['huge', 'deviations', 'days'] as const).map((name) => (
          <NumberField
            key={name}
            label={words[name]}
            value={draft[name]}
            onChange={(text) => {
              change({ [name]: text })
            }}
          />
        ))}
        <fieldset>
          <legend>{words.ask}</legend>
          {(['askName', 'askBirthday'] as const).map((name) => (
            <Checkbox
              key={name}
              checked={draft[name]}
              onChange={(event) => {
                change({ [name]: event.target.checked })
              }}
            >
              {words[name]}
            </Checkbox>
          ))}
        </fieldset>
        {next === null && <p className="bad">{words.wrong}</p>}
      </div>
    </FormDialog>
  )
}

interface NumberFieldProps {
  label: string
  value: string
  onChange: (text: string) => void
}

function NumberField({ label, value, onChange }: NumberFieldProps) {
  return (
    <Field label={label}>
      {(ids) => (
        <Input
          {...ids}
          inputMode="decimal"
          value={value}
          onChange={(event) => {
            onChange(event.target.value)
          }}
        />
      )}
    </Field>
  )
}
