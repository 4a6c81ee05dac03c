import type { MessageSettings } from '@huike/shared/contracts/console-campaigns'
import { Checkbox, ConfigProvider, Input, Select } from 'antd'
import { useState, type FormEvent } from 'react'
import { Field } from '../field.js'
import { count } from '../format.js'
import { CAP_DAYS_MAX, CAP_MESSAGES_MAX, DAY_MINUTES, QUIET_DEFAULT } from '../limits.js'
import { SaveRow } from '../save-row.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { useSaving } from '../use-saving.js'
import { clockOfMinute, minuteOfClock } from './minutes.js'
import { settingsStrings as words } from './strings.js'

/** Quiet hours begin and end on the half hour, unless they were set otherwise before. */
const STEP_MINUTES = 30
/** What the quiet hours become when they are turned on. */
const QUIET = {
  from: clockOfMinute(QUIET_DEFAULT.quietFromMinute),
  to: clockOfMinute(QUIET_DEFAULT.quietToMinute),
}

interface Props {
  settings: MessageSettings
  onSaved: (settings: MessageSettings) => void
}

/** The fields as they are typed. */
interface Draft {
  isQuiet: boolean
  from: string
  to: string
  messages: string
  days: string
}

/** When no marketing message leaves, and how many one member gets at most. */
export function MessageSettingsForm({ settings, onSaved }: Props) {
  const { may } = useSession()
  const mayChange = may('settings.manage')
  const [draft, setDraft] = useState<Draft>(() => draftOf(settings))
  const saving = useSaving<MessageSettings>('/settings/messages', onSaved)
  const next = settingsOf(draft)
  const isSame = next !== null && JSON.stringify(next) === JSON.stringify(inOrder(settings))
  const change = (changes: Partial<Draft>) => {
    setDraft({ ...draft, ...changes })
    saving.touch()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (next !== null && !isSame) void saving.save(next)
  }
  return (
    <form className="tile form settings" onSubmit={submit} aria-labelledby="message-settings">
      <div>
        <h2 id="message-settings">{words.messages}</h2>
        <p className="note">{words.messagesNote}</p>
      </div>
      <ConfigProvider componentDisabled={!mayChange}>
        <Quiet draft={draft} onChange={change} />
        <Cap draft={draft} onChange={change} />
      </ConfigProvider>
      <div className="summary" aria-live="polite">
        {next === null ? (
          <p className="bad">{words.wrong}</p>
        ) : (
          <>
            <p className="note">{words.summary}</p>
            <p>{quietWords(next)}</p>
            <p>{words.capWords(count(next.capMessages), count(next.capDays))}</p>
          </>
        )}
      </div>
      <SaveRow
        {...{ saving, mayChange }}
        words={strings.save}
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

function Quiet({ draft, onChange }: PartProps) {
  const ends = [
    { label: words.from, value: draft.from, set: (from: string) => ({ from }) },
    { label: words.to, value: draft.to, set: (to: string) => ({ to }) },
  ]
  return (
    <fieldset>
      <legend>{words.quiet}</legend>
      <Checkbox
        checked={draft.isQuiet}
        onChange={(event) => {
          const isSame = draft.from === draft.to
          onChange({ isQuiet: event.target.checked, ...(isSame ? QUIET : {}) })
        }}
      >
        {words.quietOn}
      </Checkbox>
      {draft.isQuiet && (
        <div className="pair">
          {ends.map(({ label, value, set }) => (
            <Field key={label} label={label}>
              {(ids) => (
                <Select
                  {...ids}
                  value={value}
                  options={timesWith(value)}
                  onChange={(time: string) => {
                    onChange(set(time))
                  }}
                />
              )}
            </Field>
          ))}
        </div>
      )}
      <p className="note">{words.quietHint}</p>
    </fieldset>
  )
}

function Cap({ draft, onChange }: PartProps) {
  const numbers = [
    { label: words.capDays, value: draft.days, most: CAP_DAYS_MAX, name: 'days' },
    { label: words.capMessages, value: draft.messages, most: CAP_MESSAGES_MAX, name: 'messages' },
  ]
  return (
    <fieldset>
      <legend>{words.cap}</legend>
      <div className="pair">
        {numbers.map(({ label, value, most, name }) => (
          <Field key={name} label={label}>
            {(ids) => (
              <Input
                {...ids}
                type="number"
                inputMode="numeric"
                min={1}
                max={most}
                step={1}
                required
                value={value}
                onChange={(event) => {
                  onChange({ [name]: event.target.value })
                }}
              />
            )}
          </Field>
        ))}
      </div>
      <p className="note">{words.capHint}</p>
    </fieldset>
  )
}

/** The times of day to choose from, `time` among them. */
function timesWith(time: string): { value: string; label: string }[] {
  const times = Array.from({ length: DAY_MINUTES / STEP_MINUTES }, (_, index) =>
    clockOfMinute(index * STEP_MINUTES),
  )
  const all = [...new Set([...times, time])].sort()
  return all.map((value) => ({ value, label: value }))
}

function quietWords({ quietFromMinute, quietToMinute }: MessageSettings): string {
  if (quietFromMinute === quietToMinute) return words.noQuietWords
  const [from, to] = [clockOfMinute(quietFromMinute), clockOfMinute(quietToMinute)]
  return words.quietWords(from, to, quietToMinute < quietFromMinute)
}

function draftOf(settings: MessageSettings): Draft {
  return {
    isQuiet: settings.quietFromMinute !== settings.quietToMinute,
    from: clockOfMinute(settings.quietFromMinute),
    to: clockOfMinute(settings.quietToMinute),
    messages: String(settings.capMessages),
    days: String(settings.capDays),
  }
}

/** What the fields say; null while they say nothing the server takes. */
function settingsOf({ isQuiet, from, to, messages, days }: Draft): MessageSettings | null {
  const quietFromMinute = minuteOfClock(from)
  const quietToMinute = isQuiet ? minuteOfClock(to) : quietFromMinute
  const capMessages = within(messages, CAP_MESSAGES_MAX)
  const capDays = within(days, CAP_DAYS_MAX)
  if (quietFromMinute === null || quietToMinute === null) return null
  if (capMessages === null || capDays === null) return null
  return { quietFromMinute, quietToMinute, capMessages, capDays }
}

function inOrder(settings: MessageSettings): MessageSettings {
  const { quietFromMinute, quietToMinute, capMessages, capDays } = settings
  return { quietFromMinute, quietToMinute, capMessages, capDays }
}

function within(text: string, most: number): number | null {
  const value = Number(text)
  return text !== '' && Number.isInteger(value) && value >= 1 && value <= most ? value : null
}
