import { Checkbox, Select } from 'antd'
import { ChoiceField } from '../choice-field.js'
import { Field } from '../field.js'
import type { Levels } from '../levels/use-levels.js'
import { GoodsFields } from './goods-fields.js'
import { RuleField } from './rule-field.js'
import type { BonusForm } from './rule-form.js'
import { levelOptions, type RuleNames } from './rule-names.js'
import { StoreChoice } from './store-choice.js'
import { editorStrings as words } from './strings.js'
import { fieldOf, type Problems } from './typed.js'
import { WeekdayChoice } from './weekday-choice.js'

const CHANNELS = ['all', 'pos', 'online'] as const
const DAYS_OF_MONTH = Array.from({ length: 31 }, (_, index) => index + 1)
const BIRTHDAYS = ['any', 'month', 'day'] as const
const BUYERS = ['any', 'first'] as const

interface Props {
  bonus: BonusForm
  problems: Problems
  names: RuleNames
  onChange: (changes: Partial<BonusForm>) => void
}

/** On which sales it is given. */
export function BonusWhen({ bonus, problems, names, onChange }: Props) {
  const { stores, levels } = names
  return (
    <fieldset className="rule-when form">
      <legend>{words.when}</legend>
      <p className="note">{words.whenNote}</p>
      <StoreChoice
        chosen={bonus.storeIds}
        stores={stores}
        onChange={(storeIds) => {
          onChange({ storeIds })
        }}
      />
      <ChoiceField
        label={words.channel}
        choices={CHANNELS}
        chosen={bonus.channel}
        wordsOf={(one) => words.channels[one]}
        onChoose={(channel) => {
          onChange({ channel })
        }}
      />
      <WeekdayChoice
        chosen={bonus.weekdays}
        onChange={(weekdays) => {
          onChange({ weekdays })
        }}
      />
      <Field label={words.daysOfMonth}>
        {(control) => (
          <Select
            {...control}
            mode="multiple"
            allowClear
            placeholder={words.everyDay}
            showSearch={{ optionFilterProp: 'label' }}
            value={[...bonus.daysOfMonth]}
            options={DAYS_OF_MONTH.map((day) => ({ value: day, label: words.dayOfMonth(day) }))}
            onChange={(daysOfMonth) => {
              onChange({ daysOfMonth })
            }}
          />
        )}
      </Field>
      <Buyer {...{ bonus, levels, onChange }} />
      <GoodsFields
        name={bonus.key}
        form={bonus}
        note={words.goodsNote}
        {...{ problems, onChange }}
      />
      <div className="rule-pair">
        {(['fromDate', 'toDate'] as const).map((name) => (
          <RuleField
            key={name}
            name={fieldOf(bonus.key, name)}
            label={name === 'fromDate' ? words.from : words.to}
            problems={problems}
            type="date"
            value={bonus[name]}
            onChange={(day) => {
              onChange({ [name]: day })
            }}
          />
        ))}
      </div>
    </fieldset>
  )
}

/** What it asks of who buys. */
function Buyer({
  bonus,
  levels,
  onChange,
}: Pick<Props, 'bonus' | 'onChange'> & { levels: Levels }) {
  return (
    <>
      <div className="field" role="group" aria-label={words.levelCodes}>
        <span aria-hidden="true">{words.levelCodes}</span>
        <Checkbox.Group
          className="rule-ticks"
          value={[...bonus.levelCodes]}
          options={levelOptions(levels, bonus.levelCodes)}
          onChange={(levelCodes) => {
            onChange({ levelCodes })
          }}
        />
        <span className="field-words">{words.levelCodesHint}</span>
      </div>
      <div className="rule-pair">
        <ChoiceField
          label={words.birthday}
          choices={BIRTHDAYS}
          chosen={bonus.birthday}
          wordsOf={(one) => words.birthdays[one]}
          onChoose={(birthday) => {
            onChange({ birthday })
          }}
        />
        <ChoiceField
          label={words.buyer}
          choices={BUYERS}
          chosen={bonus.buyer}
          wordsOf={(one) => words.buyers[one]}
          onChoose={(buyer) => {
            onChange({ buyer })
          }}
        />
      </div>
    </>
  )
}
