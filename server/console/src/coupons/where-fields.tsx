import { Select } from 'antd'
import { ChoiceField } from '../choice-field.js'
import { Field } from '../field.js'
import { count } from '../format.js'
import { GoodsFields } from '../points/goods-fields.js'
import { levelOptions, type RuleNames } from '../points/rule-names.js'
import { StoreChoice } from '../points/store-choice.js'
import { termsStrings } from '../points/strings.js'
import { WeekdayChoice } from '../points/weekday-choice.js'
import { Folded } from './folded.js'
import { formStrings as words } from './form-strings.js'
import { Typed, type FieldsProps } from './gives-fields.js'
import type { TemplateForm } from './template-typed.js'

const CHANNELS = ['all', 'pos', 'online'] as const
const BUYERS = ['any', 'first'] as const
/** What a gift is for is asked above. */
const PROBLEMS = { gift: /^out-|^(fromTime|toTime)$/, other: /^(in|out)-|^(fromTime|toTime)$/ }

interface Props extends FieldsProps {
  names: RuleNames
}

/** On which goods, in which stores, at what times and for whom. */
export function WhereFields(props: Props) {
  const { form, problems, onChange } = props
  const { stores, levels } = props.names
  const goodsOf = (name: 'in' | 'out', field: 'goodsIn' | 'goodsOut') => (
    <GoodsFields
      name={name}
      form={form[field]}
      label={words[field]}
      note={words[`${field}Note`]}
      choiceWords={words[`${field}Choices`]}
      problems={problems}
      onChange={(changes) => {
        onChange({ [field]: { ...form[field], ...changes } })
      }}
    />
  )
  return (
    <Folded
      title={words.where}
      set={setWords(form)}
      isWrong={Object.keys(problems).some((name) =>
        PROBLEMS[form.kind === 'gift' ? 'gift' : 'other'].test(name),
      )}
    >
      {form.kind !== 'gift' && goodsOf('in', 'goodsIn')}
      {goodsOf('out', 'goodsOut')}
      <StoreChoice
        chosen={form.storeIds}
        stores={stores}
        onChange={(storeIds) => {
          onChange({ storeIds })
        }}
      />
      <ChoiceField
        label={words.channel}
        choices={CHANNELS}
        chosen={form.channel}
        wordsOf={(one) => words.channels[one]}
        onChoose={(channel) => {
          onChange({ channel })
        }}
      />
      <Field label={words.levels}>
        {(control) => (
          <Select
            {...control}
            mode="multiple"
            allowClear
            placeholder={words.allLevels}
            showSearch={{ optionFilterProp: 'label' }}
            value={[...form.levelCodes]}
            options={levelOptions(levels, form.levelCodes)}
            onChange={(levelCodes: string[]) => {
              onChange({ levelCodes })
            }}
          />
        )}
      </Field>
      <ChoiceField
        label={words.buyer}
        choices={BUYERS}
        chosen={form.buyer}
        wordsOf={(one) => words.buyers[one]}
        onChoose={(buyer) => {
          onChange({ buyer })
        }}
      />
      <WeekdayChoice
        chosen={form.weekdays}
        onChange={(weekdays) => {
          onChange({ weekdays })
        }}
      />
      <div className="rule-pair" role="group" aria-label={words.hours}>
        <Typed {...props} name="fromTime" label={words.fromTime} type="time" />
        <Typed {...props} name="toTime" label={words.toTime} hint={words.hoursHint} type="time" />
      </div>
    </Folded>
  )
}

/** What is set, in a few words. */
function setWords(form: TemplateForm): string {
  const { kind, goodsIn, goodsOut, channel, buyer, weekdays, fromTime, toTime } = form
  const said = [
    ...(kind !== 'gift' && goodsIn.goods === 'some' ? [words.goodsInChoices.some] : []),
    ...(goodsOut.goods === 'some' ? [words.goodsOutChoices.some] : []),
    ...(form.storeIds.length > 0 ? [words.storesMany(count(form.storeIds.length))] : []),
    ...(channel === 'all' ? [] : [words.channels[channel]]),
    ...(form.levelCodes.length > 0 ? [words.levelsMany(count(form.levelCodes.length))] : []),
    ...(buyer === 'first' ? [words.buyers.first] : []),
    ...[...weekdays].sort((one, other) => one - other).map(termsStrings.weekday),
    ...(fromTime === '' && toTime === '' ? [] : [`${fromTime || '00:00'}–${toTime || '24:00'}`]),
  ]
  return said.length === 0 ? words.everywhere : said.join('，')
}
