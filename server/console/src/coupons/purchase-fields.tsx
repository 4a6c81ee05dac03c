import { Input } from 'antd'
import type { ComponentProps } from 'react'
import { ChoiceField } from '../choice-field.js'
import { Field } from '../field.js'
import type { Stores } from '../members/use-stores.js'
import { StoreChoice } from '../points/store-choice.js'
import { WeekdayChoice } from '../points/weekday-choice.js'
import { PERIODS, purchaseFaults, type PurchaseFault, type PurchaseForm } from './purchase-form.js'
import { purchaseRuleStrings as words } from './rule-strings.js'

const CHANNELS = ['all', 'pos', 'online', 'fetched'] as const
const HOWS = ['claim', 'direct'] as const

interface Props {
  form: PurchaseForm
  stores: Stores
  onChange: (form: PurchaseForm) => void
}

/** For which purchases a rule gives, how the coupon comes to the member, and how often. */
export function PurchaseFields({ form, stores, onChange }: Props) {
  const faults = purchaseFaults(form)
  const change = (changes: Partial<PurchaseForm>) => {
    onChange({ ...form, ...changes })
  }
  const typed = (
    name: 'least' | 'hours' | 'most' | 'fromTime' | 'toTime',
    input: ComponentProps<typeof Input> = { inputMode: 'numeric' },
  ) => (
    <Field
      label={words[name]}
      hint={words.hints[name]}
      problem={faults.includes(name as PurchaseFault) ? words.faults[name as PurchaseFault] : null}
    >
      {(control) => (
        <Input
          {...control}
          autoComplete="off"
          {...input}
          value={form[name]}
          onChange={(event) => {
            change({ [name]: event.target.value })
          }}
        />
      )}
    </Field>
  )
  return (
    <>
      {typed('least', { inputMode: 'decimal', prefix: '¥' })}
      <ChoiceField
        label={words.channel}
        {...(form.channel === 'fetched' ? { hint: words.channelHint } : {})}
        choices={CHANNELS}
        chosen={form.channel}
        wordsOf={(one) => words.channels[one]}
        onChoose={(channel) => {
          change({ channel })
        }}
      />
      <StoreChoice
        chosen={form.storeIds}
        stores={stores}
        onChange={(storeIds) => {
          change({ storeIds })
        }}
      />
      <WeekdayChoice
        chosen={form.weekdays}
        onChange={(weekdays) => {
          change({ weekdays })
        }}
      />
      <div className="rule-pair" role="group" aria-label={words.hoursOfDay}>
        {typed('fromTime', { type: 'time' })}
        {typed('toTime', { type: 'time' })}
      </div>
      <ChoiceField
        label={words.how}
        hint={words.howHint[form.how]}
        choices={HOWS}
        chosen={form.how}
        wordsOf={(one) => words.hows[one]}
        onChoose={(how) => {
          change({ how })
        }}
      />
      {form.how === 'claim' && typed('hours')}
      {typed('most')}
      {form.most.trim() !== '' && (
        <ChoiceField
          label={words.per}
          choices={PERIODS}
          chosen={form.per}
          wordsOf={(one) => words.periods[one]}
          onChoose={(per) => {
            change({ per })
          }}
        />
      )}
    </>
  )
}
