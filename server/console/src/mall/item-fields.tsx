import { Input, Select } from 'antd'
import { ChoiceField } from '../choice-field.js'
import { CouponSelect } from '../coupons/coupon-select.js'
import { Field } from '../field.js'
import { FormSection } from '../form-section.js'
import { RuleField, ruleFieldId } from '../points/rule-field.js'
import { levelOptions, type RuleNames } from '../points/rule-names.js'
import { StoreChoice } from '../points/store-choice.js'
import type { Problems } from '../points/typed.js'
import type { ItemForm } from './item-form.js'
import { formStrings as words, mallStrings } from './strings.js'

const KINDS = ['goods', 'coupon'] as const
const LAPSES = ['back', 'gone'] as const
const PERIODS = ['none', 'day', 'week', 'month'] as const
const STATES = ['open', 'draft', 'stopped'] as const
const NAME_MAX = 30
const WORDS_MAX = 300

interface Props {
  form: ItemForm
  problems: Problems
  names: RuleNames
  onChange: (changes: Partial<ItemForm>) => void
}

/** The fields that hold text. */
type TypedName =
  | 'name'
  | 'category'
  | 'price'
  | 'days'
  | 'stock'
  | 'memberMax'
  | 'periodMax'
  | 'from'
  | 'until'
  | 'sort'

function Typed(props: {
  fields: Props
  name: TypedName
  hint?: string
  inputMode?: 'numeric'
  type?: 'datetime-local'
}) {
  const { fields, name, ...field } = props
  const { form, problems, onChange } = fields
  return (
    <RuleField
      {...field}
      {...{ name, problems, label: words[name], value: form[name] }}
      onChange={(typed) => {
        onChange({ [name]: typed.slice(0, NAME_MAX) })
      }}
    />
  )
}

/** What it is, and for how many points. */
export function WhatFields(props: Props) {
  const { form, onChange } = props
  const isNew = form.basedOnVersion === 0
  return (
    <FormSection id="what" title={words.what}>
      {isNew && (
        <ChoiceField
          label={words.kind}
          choices={KINDS}
          chosen={form.kind}
          wordsOf={(one) => mallStrings.kinds[one]}
          onChoose={(kind) => {
            onChange({ kind })
          }}
        />
      )}
      <Typed fields={props} name="name" />
      <Field label={words.words} hint={words.wordsHint}>
        {(control) => (
          <Input.TextArea
            {...control}
            autoSize={{ minRows: 2, maxRows: 5 }}
            maxLength={WORDS_MAX}
            value={form.words}
            onChange={(event) => {
              onChange({ words: event.target.value })
            }}
          />
        )}
      </Field>
      <div className="rule-pair">
        <Typed fields={props} name="price" inputMode="numeric" />
        <Typed fields={props} name="category" hint={words.categoryHint} />
      </div>
      {form.kind === 'coupon' && (
        <CouponSelect
          id={ruleFieldId('coupon')}
          label={words.coupon}
          hint={words.couponHint}
          placeholder={words.couponNone}
          chosen={form.coupon}
          onChoose={(coupon) => {
            onChange({ coupon })
          }}
        />
      )}
    </FormSection>
  )
}

/** Where goods are fetched, until when, and what becomes of them otherwise. */
export function FetchFields(props: Props) {
  const { form, names, onChange } = props
  return (
    <FormSection id="fetch" title={words.fetch}>
      <StoreChoice
        chosen={form.storeIds}
        stores={names.stores}
        onChange={(storeIds) => {
          onChange({ storeIds })
        }}
      />
      <Typed fields={props} name="days" hint={words.daysHint} inputMode="numeric" />
      <ChoiceField
        label={words.lapse}
        choices={LAPSES}
        chosen={form.lapse}
        wordsOf={(one) => words.lapses[one]}
        onChoose={(lapse) => {
          onChange({ lapse })
        }}
      />
    </FormSection>
  )
}

/** How many, for whom, and when. */
export function MallLimitFields(props: Props) {
  const { form, names, onChange } = props
  return (
    <FormSection id="limits" title={words.limits}>
      <div className="rule-pair">
        <Typed fields={props} name="stock" hint={words.stockHint} inputMode="numeric" />
        <Typed fields={props} name="memberMax" hint={words.noLimit} inputMode="numeric" />
      </div>
      <ChoiceField
        label={words.period}
        choices={PERIODS}
        chosen={form.period}
        wordsOf={(one) => words.periods[one]}
        onChoose={(period) => {
          onChange({ period })
        }}
      />
      {form.period !== 'none' && <Typed fields={props} name="periodMax" inputMode="numeric" />}
      <Field label={words.levels}>
        {(control) => (
          <Select
            {...control}
            mode="multiple"
            allowClear
            placeholder={words.allLevels}
            showSearch={{ optionFilterProp: 'label' }}
            value={[...form.levelCodes]}
            options={levelOptions(names.levels, form.levelCodes)}
            onChange={(levelCodes: string[]) => {
              onChange({ levelCodes })
            }}
          />
        )}
      </Field>
      <div className="rule-pair">
        <Typed fields={props} name="from" type="datetime-local" />
        <Typed fields={props} name="until" hint={words.untilHint} type="datetime-local" />
      </div>
      <div className="rule-pair">
        <Typed fields={props} name="sort" hint={words.sortHint} inputMode="numeric" />
        <ChoiceField
          label={words.state}
          hint={words.stateHint}
          choices={STATES}
          chosen={form.state}
          wordsOf={(one) => mallStrings.states[one]}
          onChoose={(state) => {
            onChange({ state })
          }}
        />
      </div>
    </FormSection>
  )
}
