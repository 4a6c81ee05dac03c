import { Input, Radio } from 'antd'
import type { Draft, Problems } from './draft.js'
import { Field } from '../field.js'
import { SEND_AHEAD_DAYS_MAX } from '../limits.js'
import { clockOfMinute, instantOf, isQuiet, localOf, type QuietHours } from './send-time.js'
import { campaignStrings } from './strings.js'

const DAY_MS = 86_400_000

interface Props {
  draft: Draft
  problems: Problems
  timeZone: string
  quiet: QuietHours
  onChange: (draft: Draft) => void
}

/** Step three: when. */
export function TimeStep({ draft, problems, timeZone, quiet, onChange }: Props) {
  const words = campaignStrings.form
  const nowMs = Date.now()
  const atMs = draft.when === 'now' ? nowMs : instantOf(draft.sendAt, timeZone)
  return (
    <div className="c-inputs">
      <Radio.Group
        aria-label={words.when}
        value={draft.when}
        options={[
          { value: 'now', label: words.now },
          { value: 'later', label: words.later },
        ]}
        onChange={(event) => {
          onChange({ ...draft, when: event.target.value === 'later' ? 'later' : 'now' })
        }}
      />
      {draft.when === 'later' && (
        <Field
          id="campaign-at"
          label={words.sendAt}
          hint={words.sendAtNote(SEND_AHEAD_DAYS_MAX, timeZone)}
          problem={problems.sendAt}
        >
          {(control) => (
            <Input
              {...control}
              className="c-at"
              type="datetime-local"
              min={localOf(nowMs, timeZone)}
              max={localOf(nowMs + SEND_AHEAD_DAYS_MAX * DAY_MS, timeZone)}
              value={draft.sendAt}
              onChange={(event) => {
                onChange({ ...draft, sendAt: event.target.value })
              }}
            />
          )}
        </Field>
      )}
      {atMs !== null && isQuiet(atMs, timeZone, quiet) && (
        <p className="c-warn" role="status">
          {words.quiet(clockOfMinute(quiet.quietFromMinute), clockOfMinute(quiet.quietToMinute))}
        </p>
      )}
    </div>
  )
}
