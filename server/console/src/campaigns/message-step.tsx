import { Input } from 'antd'
import type { Draft, Problems } from './draft.js'
import { Field } from '../field.js'
import { MESSAGE_BODY_MAX, MESSAGE_TITLE_MAX } from '../limits.js'
import { lengthOf } from './message-form.js'
import { MessagePreview } from './message-preview.js'
import { campaignStrings } from './strings.js'

const BODY_ROWS = 6

interface Props {
  draft: Draft
  problems: Problems
  onChange: (draft: Draft) => void
}

/** Step two: what is said, beside how the phone shows it. */
export function MessageStep({ draft, problems, onChange }: Props) {
  const words = campaignStrings.form
  return (
    <div className="c-step">
      <div className="c-inputs">
        <Field
          id="campaign-title"
          label={words.messageTitle}
          end={<Counter text={draft.title} max={MESSAGE_TITLE_MAX} />}
          problem={problems.title}
        >
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              placeholder={words.messageTitlePlaceholder}
              value={draft.title}
              onChange={(event) => {
                onChange({ ...draft, title: event.target.value })
              }}
            />
          )}
        </Field>
        <Field
          id="campaign-body"
          label={words.body}
          end={<Counter text={draft.body} max={MESSAGE_BODY_MAX} />}
          problem={problems.body}
        >
          {(control) => (
            <Input.TextArea
              {...control}
              rows={BODY_ROWS}
              placeholder={words.bodyPlaceholder}
              value={draft.body}
              onChange={(event) => {
                onChange({ ...draft, body: event.target.value })
              }}
            />
          )}
        </Field>
      </div>
      <MessagePreview draft={draft} />
    </div>
  )
}

/** What is too long can be typed, so that it can be shortened; the counter says by how much. */
function Counter({ text, max }: { text: string; max: number }) {
  const length = lengthOf(text)
  return (
    <span className={length > max ? 'm-bad' : 'note'}>
      {campaignStrings.form.counter(length, max)}
    </span>
  )
}
