import type { ResolutionShown } from '@huike/shared/contracts/console-resolution'
import { Alert, Button, ConfigProvider, Input } from 'antd'
import { useState } from 'react'
import { Field } from '../field.js'
import { FormSection } from '../form-section.js'
import { SaveRow } from '../save-row.js'
import { useSession } from '../session.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { useSaving } from '../use-saving.js'
import {
  changeOf,
  draftOf,
  isQuietDays,
  isReviewFrom,
  moved,
  type Draft,
} from './resolution-draft.js'
import { Salts } from './salts.js'
import { settingsStrings } from './strings.js'

const words = settingsStrings.resolution
const PATH = '/settings/resolution'
const HEADING = 'resolution-settings'

/** How people are recognised: what is believed first, and when a number is somebody else's. */
export function ResolutionSettingsForm() {
  const query = useQuery<ResolutionShown>(PATH)
  return (
    <FormSection id={HEADING} className="settings" title={words.title} note={words.note}>
      <Trouble query={query} rows={5} />
      {query.value !== null && <Form settings={query.value} onSaved={query.replace} />}
    </FormSection>
  )
}

interface Props {
  settings: ResolutionShown
  onSaved: (settings: ResolutionShown) => void
}

function Form({ settings, onSaved }: Props) {
  const { may } = useSession()
  const mayChange = may('settings.manage')
  const [draft, setDraft] = useState(() => draftOf(settings))
  const saving = useSaving<ResolutionShown>(PATH, (saved) => {
    onSaved(saved)
    setDraft(draftOf(saved))
  })
  const next = changeOf(draft)
  const isSame = JSON.stringify(next) === JSON.stringify(changeOf(draftOf(settings)))
  const change = (changes: Partial<Draft>) => {
    setDraft({ ...draft, ...changes })
    saving.touch()
  }
  const forgotten = settings.platforms.filter((platform) =>
    draft.salts.every((one) => one.platform !== platform),
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
        <Order draft={draft} mayChange={mayChange} onChange={change} />
        <Ends draft={draft} onChange={change} />
        <Salts
          salts={draft.salts}
          mayChange={mayChange}
          onChange={(salts) => {
            change({ salts })
          }}
        />
      </ConfigProvider>
      {forgotten.length > 0 && (
        <Alert type="warning" role="status" title={words.removes(forgotten.join('、'))} showIcon />
      )}
      <SaveRow
        {...{ saving, mayChange }}
        words={words.apply}
        savedWords={words.saved}
        isReady={next !== null && !isSame}
      />
    </form>
  )
}

interface PartProps {
  draft: Draft
  onChange: (changes: Partial<Draft>) => void
}

function Order({ draft, mayChange, onChange }: PartProps & { mayChange: boolean }) {
  const { order } = draft
  return (
    <fieldset>
      <legend>{words.order}</legend>
      <ol className="setting-rows">
        {order.map((group, place) => (
          <li key={group}>
            <span className="setting-name">
              {place + 1}. {words.groups[group]}
            </span>
            {mayChange &&
              ([-1, 1] as const).map((step) => (
                <Button
                  key={step}
                  type="text"
                  aria-label={`${step < 0 ? words.up : words.down} ${words.groups[group]}`}
                  disabled={order[place + step] === undefined}
                  onClick={() => {
                    onChange({ order: moved(order, place, step) })
                  }}
                >
                  {step < 0 ? words.up : words.down}
                </Button>
              ))}
          </li>
        ))}
      </ol>
      <p className="note">{words.orderHint}</p>
    </fieldset>
  )
}

function Ends({ draft, onChange }: PartProps) {
  return (
    <>
      <Field
        label={words.quietDays}
        hint={words.quietHint}
        problem={isQuietDays(draft.days) ? null : words.quietWrong}
      >
        {(control) => (
          <Input
            {...control}
            inputMode="numeric"
            value={draft.days}
            onChange={(event) => {
              onChange({ days: event.target.value })
            }}
          />
        )}
      </Field>
      <Field
        label={words.reviewFrom}
        hint={words.reviewHint}
        problem={isReviewFrom(draft.yuan) ? null : words.reviewWrong}
      >
        {(control) => (
          <Input
            {...control}
            prefix="¥"
            inputMode="numeric"
            value={draft.yuan}
            onChange={(event) => {
              onChange({ yuan: event.target.value })
            }}
          />
        )}
      </Field>
    </>
  )
}
