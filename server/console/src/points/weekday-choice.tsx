import { Checkbox } from 'antd'
import { editorStrings as words, termsStrings } from './strings.js'

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7]

interface Props {
  chosen: readonly number[]
  onChange: (weekdays: readonly number[]) => void
}

/** On which days of the week; none chosen: on all. */
export function WeekdayChoice({ chosen, onChange }: Props) {
  return (
    <div className="field" role="group" aria-label={words.weekdays}>
      <span aria-hidden="true">{words.weekdays}</span>
      <Checkbox.Group
        className="rule-ticks"
        value={[...chosen]}
        options={WEEKDAYS.map((day) => ({ value: day, label: termsStrings.weekday(day) }))}
        onChange={onChange}
      />
    </div>
  )
}
