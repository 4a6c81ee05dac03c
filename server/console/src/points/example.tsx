import type { EarningTerms } from '@huike/shared/contracts/console-points'
import { exampleOf, type EarningExample } from '@huike/shared/earning'
import { BASE_LEVEL } from '@huike/shared/levels'
import { Input, Select } from 'antd'
import { useState } from 'react'
import { Choices } from '../choices.js'
import { Field } from '../field.js'
import { FormSection } from '../form-section.js'
import { calendarDay, count } from '../format.js'
import { AskedFields } from './example-asked.js'
import { askedByAll, saleOf, type Asked, type SaleForm, type SaleProblems } from './example-sale.js'
import type { RuleNames } from './rule-names.js'
import { exampleStrings as words, termsStrings } from './strings.js'

const AMOUNT_OFFERED = '100'
const CHANNELS = ['pos', 'online'] as const

interface Props {
  /** What holds now. */
  now: EarningTerms
  /** What is being written; null while something is wrong with it. Nothing is compared without. */
  draft?: EarningTerms | null
  names: RuleNames
}

/** What a sale would give, worked out here as it is typed, by the function that sales earn by. */
export function Example({ now, draft, names }: Props) {
  const [form, setForm] = useState<SaleForm>(() => ({
    ...{ amount: AMOUNT_OFFERED, channel: 'pos', storeId: null },
    ...{ day: calendarDay(Date.now()), levelCode: BASE_LEVEL, birthday: 'other', first: 'later' },
    ...{ dayPoints: '0', goods: {} },
  }))
  const asked = askedByAll(draft ? [now, draft] : [now])
  const { sale, problems } = saleOf(form, { firstStoreId: names.stores.list[0]?.id, asked })
  const change = (changes: Partial<SaleForm>) => {
    setForm({ ...form, ...changes })
  }
  return (
    <FormSection id="example" className="rule-example" title={words.title} note={words.note}>
      <SaleFields {...{ form, problems, names, asked }} onChange={change} />
      <div className="rule-results" aria-live="polite">
        {sale !== null && draft !== undefined && (
          <div className="rule-result" role="group" aria-label={words.draft}>
            <h3>{words.draft}</h3>
            {draft === null ? (
              <p className="note">{words.incomplete}</p>
            ) : (
              <Result terms={draft} sale={sale} comparedWith={now} />
            )}
          </div>
        )}
        {sale !== null && (
          <div className="rule-result" role="group" aria-label={words.now}>
            <h3>{words.now}</h3>
            <Result terms={now} sale={sale} />
          </div>
        )}
      </div>
    </FormSection>
  )
}

interface FieldsProps {
  form: SaleForm
  problems: SaleProblems
  names: RuleNames
  asked: Asked
  onChange: (changes: Partial<SaleForm>) => void
}

function SaleFields({ form, problems, names, asked, onChange }: FieldsProps) {
  const { stores, levels } = names
  const { amount, channel, storeId, day } = form
  return (
    <>
      <div className="pair">
        <Field label={words.amount} problem={problems.amount}>
          {(control) => (
            <Input
              {...control}
              prefix="¥"
              inputMode="decimal"
              autoComplete="off"
              value={amount}
              onChange={(event) => {
                onChange({ amount: event.target.value })
              }}
            />
          )}
        </Field>
        <Field label={words.day} problem={problems.day}>
          {(control) => (
            <Input
              {...control}
              type="date"
              value={day}
              onChange={(event) => {
                onChange({ day: event.target.value })
              }}
            />
          )}
        </Field>
      </div>
      <Choices
        label={words.channel}
        choices={CHANNELS}
        chosen={channel}
        wordsOf={(one) => termsStrings.channel[one]}
        onChoose={(one) => {
          onChange({ channel: one })
        }}
      />
      <Field label={words.store}>
        {(control) => (
          <Select
            {...control}
            showSearch={{ optionFilterProp: 'label' }}
            placeholder={stores.isKnown ? words.noStore : words.storesUnread}
            loading={!stores.isKnown}
            value={storeId ?? stores.list[0]?.id ?? null}
            options={stores.list.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(id) => {
              onChange({ storeId: id })
            }}
          />
        )}
      </Field>
      <AskedFields {...{ form, problems, levels, asked, onChange }} />
    </>
  )
}

interface ResultProps {
  terms: EarningTerms
  sale: EarningExample['sale']
  comparedWith?: EarningTerms
}

function Result({ terms, sale, comparedWith }: ResultProps) {
  const { points, explanation, availableOn, expiresOn } = exampleOf({ terms, sale })
  const more =
    comparedWith === undefined ? null : points - exampleOf({ terms: comparedWith, sale }).points
  return (
    <>
      <p className="number">{words.points(count(points))}</p>
      {more !== null && <p>{differenceWords(more)}</p>}
      <p className="note">{explanation}</p>
      {availableOn !== null && <p className="note">{words.from(availableOn)}</p>}
      <p className="note">{expiresOn === null ? words.never : words.until(expiresOn)}</p>
    </>
  )
}

function differenceWords(more: number): string {
  if (more === 0) return words.same
  return more > 0 ? words.more(count(more)) : words.less(count(-more))
}
