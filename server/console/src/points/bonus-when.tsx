import type { StoreId } from '@huike/shared/ids'
import { Checkbox, Select } from 'antd'
import { Choices } from '../choices.js'
import { Field } from '../field.js'
import { count } from '../format.js'
import type { Levels } from '../levels/use-levels.js'
import type { Stores } from '../members/use-stores.js'
import { RuleField } from './rule-field.js'
import { BONUS_NAME_MAX, bonusField, type BonusForm, type Problems } from './rule-form.js'
import { levelOptions, type RuleNames } from './rule-names.js'
import { editorStrings as words, termsStrings } from './strings.js'

const CHANNELS = ['all', 'pos', 'online'] as const
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7]
const DAYS_OF_MONTH = Array.from({ length: 31 }, (_, index) => index + 1)
const BIRTHDAYS = ['any', 'month', 'day'] as const
const BUYERS = ['any', 'first'] as const
const GOODS = ['all', 'some'] as const
const GOODS_LISTS = ['goodsCodes', 'goodsPrefixes', 'goodsWords'] as const

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
      <Field label={words.stores}>
        {(control) => (
          <Select
            {...control}
            mode="multiple"
            allowClear
            placeholder={words.allStores}
            showSearch={{ optionFilterProp: 'label' }}
            loading={!stores.isKnown}
            value={[...bonus.storeIds]}
            options={storeOptions(stores, bonus.storeIds)}
            onChange={(storeIds) => {
              onChange({ storeIds })
            }}
          />
        )}
      </Field>
      <div className="field">
        <span aria-hidden="true">{words.channel}</span>
        <Choices
          label={words.channel}
          choices={CHANNELS}
          chosen={bonus.channel}
          wordsOf={(one) => words.channels[one]}
          onChoose={(channel) => {
            onChange({ channel })
          }}
        />
      </div>
      <div className="field" role="group" aria-label={words.weekdays}>
        <span aria-hidden="true">{words.weekdays}</span>
        <Checkbox.Group
          className="rule-ticks"
          value={[...bonus.weekdays]}
          options={WEEKDAYS.map((day) => ({ value: day, label: termsStrings.weekday(day) }))}
          onChange={(weekdays) => {
            onChange({ weekdays })
          }}
        />
      </div>
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
      <Goods {...{ bonus, problems, onChange }} />
      <div className="rule-pair">
        {(['fromDate', 'toDate'] as const).map((name) => (
          <RuleField
            key={name}
            name={bonusField(bonus.key, name)}
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
        <div className="field">
          <span aria-hidden="true">{words.birthday}</span>
          <Choices
            label={words.birthday}
            choices={BIRTHDAYS}
            chosen={bonus.birthday}
            wordsOf={(one) => words.birthdays[one]}
            onChoose={(birthday) => {
              onChange({ birthday })
            }}
          />
        </div>
        <div className="field">
          <span aria-hidden="true">{words.buyer}</span>
          <Choices
            label={words.buyer}
            choices={BUYERS}
            chosen={bonus.buyer}
            wordsOf={(one) => words.buyers[one]}
            onChoose={(buyer) => {
              onChange({ buyer })
            }}
          />
        </div>
      </div>
    </>
  )
}

/** What it asks of what is bought. */
function Goods({ bonus, problems, onChange }: Omit<Props, 'names'>) {
  return (
    <>
      <div className="field">
        <span aria-hidden="true">{words.goods}</span>
        <Choices
          label={words.goods}
          choices={GOODS}
          chosen={bonus.goods}
          wordsOf={(one) => words.goodsOf[one]}
          onChoose={(goods) => {
            onChange({ goods })
          }}
        />
      </div>
      {bonus.goods === 'some' && (
        <div className="form" role="group" aria-label={words.goodsOf.some}>
          <p className="note">{words.goodsNote}</p>
          <RuleField
            name={bonusField(bonus.key, 'goodsName')}
            label={words.goodsName}
            hint={words.goodsNameHint(count(BONUS_NAME_MAX))}
            problems={problems}
            value={bonus.goodsName}
            onChange={(goodsName) => {
              onChange({ goodsName })
            }}
          />
          {GOODS_LISTS.map((list) => (
            <RuleField
              key={list}
              name={bonusField(bonus.key, list)}
              label={words[list]}
              hint={words.goodsListHint}
              problems={problems}
              value={bonus[list]}
              onChange={(typed) => {
                onChange({ [list]: typed })
              }}
            />
          ))}
        </div>
      )}
    </>
  )
}

/** The stores to choose from; one that was chosen stays so, also where its name was not read. */
function storeOptions(stores: Stores, chosen: readonly StoreId[]) {
  const unknown = chosen.filter((id) => stores.nameOf(id) === '')
  return [
    ...stores.list.map(({ id, name }) => ({ value: id, label: name })),
    ...unknown.map((id) => ({ value: id, label: words.unknownStore })),
  ]
}
