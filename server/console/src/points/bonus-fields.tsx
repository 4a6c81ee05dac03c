import type { StoreId } from '@huike/shared/ids'
import { Button, Checkbox, Select } from 'antd'
import { Choices } from '../choices.js'
import { Field } from '../field.js'
import { FormSection } from '../form-section.js'
import { count } from '../format.js'
import type { Stores } from '../members/use-stores.js'
import { randomKey } from '../random-key.js'
import { RuleField, ruleFieldId } from './rule-field.js'
import {
  BONUSES_MAX,
  BONUS_NAME_MAX,
  bonusField,
  newBonus,
  type BonusForm,
  type Problems,
} from './rule-form.js'
import { editorStrings as words, termsStrings } from './strings.js'

const KINDS = ['times', 'points'] as const
const CHANNELS = ['all', 'pos', 'online'] as const
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7]
const DAYS_OF_MONTH = Array.from({ length: 31 }, (_, index) => index + 1)
const ADD_ID = 'rule-add-bonus'

interface Props {
  bonuses: readonly BonusForm[]
  problems: Problems
  stores: Stores
  onChange: (bonuses: readonly BonusForm[]) => void
}

/** What gives more: added, changed, removed. */
export function Bonuses({ bonuses, problems, stores, onChange }: Props) {
  const isFull = bonuses.length >= BONUSES_MAX
  const add = () => {
    const added = newBonus(randomKey())
    onChange([...bonuses, added])
    // Its name is drawn with the next frame.
    requestAnimationFrame(() => document.getElementById(nameIdOf(added))?.focus())
  }
  return (
    <FormSection id="bonuses" title={words.bonuses} note={bonuses.length === 0 ? words.bonusesNone : words.bonusesNote}>
      {bonuses.map((bonus, index) => (
        <Bonus
          key={bonus.key}
          {...{ bonus, problems, stores }}
          title={words.bonus(count(index + 1), bonus.name.trim())}
          onChange={(changes) => {
            onChange(bonuses.map((one) => (one === bonus ? { ...one, ...changes } : one)))
          }}
          onRemove={() => {
            onChange(bonuses.filter((one) => one !== bonus))
            document.getElementById(ADD_ID)?.focus()
          }}
        />
      ))}
      <Button id={ADD_ID} disabled={isFull} onClick={add}>
        {isFull ? words.addFull(count(BONUSES_MAX)) : words.add}
      </Button>
    </FormSection>
  )
}

interface BonusProps {
  bonus: BonusForm
  title: string
  problems: Problems
  stores: Stores
  onChange: (changes: Partial<BonusForm>) => void
  onRemove: () => void
}

function Bonus({ bonus, title, problems, stores, onChange, onRemove }: BonusProps) {
  const { key, name, kind } = bonus
  const gives = {
    times: { label: words.times, hint: words.timesHint, inputMode: 'decimal' as const },
    points: {
      label: words.bonusPoints,
      hint: words.bonusPointsHint,
      inputMode: 'numeric' as const,
    },
  }
  return (
    <div className="rule-bonus form" role="group" aria-label={title}>
      <div className="section-head">
        <h3>{title}</h3>
        <Button aria-label={words.removeNamed(name === '' ? title : name)} onClick={onRemove}>
          {words.remove}
        </Button>
      </div>
      <RuleField
        name={bonusField(key, 'name')}
        label={words.name}
        hint={words.nameHint(count(BONUS_NAME_MAX))}
        problems={problems}
        value={name}
        onChange={(typed) => {
          onChange({ name: typed })
        }}
      />
      <div className="rule-pair">
        <div className="field">
          <span aria-hidden="true">{words.gives}</span>
          <Choices
            label={words.gives}
            choices={KINDS}
            chosen={kind}
            wordsOf={(one) => words.kind[one]}
            onChoose={(one) => {
              onChange({ kind: one })
            }}
          />
        </div>
        <RuleField
          {...gives[kind]}
          name={bonusField(key, kind)}
          problems={problems}
          value={bonus[kind]}
          onChange={(typed) => {
            onChange({ [kind]: typed })
          }}
        />
      </div>
      <When {...{ bonus, problems, stores, onChange }} />
    </div>
  )
}

/** On which sales it is given. */
function When({ bonus, problems, stores, onChange }: Omit<BonusProps, 'title' | 'onRemove'>) {
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
          className="rule-weekdays"
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

/** The stores to choose from; one that was chosen stays so, also where its name was not read. */
function storeOptions(stores: Stores, chosen: readonly StoreId[]) {
  const unknown = chosen.filter((id) => stores.nameOf(id) === '')
  return [
    ...stores.list.map(({ id, name }) => ({ value: id, label: name })),
    ...unknown.map((id) => ({ value: id, label: words.unknownStore })),
  ]
}

function nameIdOf({ key }: BonusForm): string {
  return ruleFieldId(bonusField(key, 'name'))
}
