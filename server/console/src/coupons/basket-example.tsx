import type { CouponTerms } from '@huike/shared/contracts/coupons'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { ChoiceField } from '../choice-field.js'
import { Field } from '../field.js'
import { FormSection } from '../form-section.js'
import { count } from '../format.js'
import { levelOptions, type RuleNames } from '../points/rule-names.js'
import { randomKey } from '../random-key.js'
import {
  askedOf,
  lineField,
  LINES_MAX,
  outcomeOf,
  type BasketForm,
  type BasketProblems,
  type LineForm,
} from './basket.js'
import { BasketResult } from './basket-result.js'
import { basketStrings as words } from './form-strings.js'
import { momentOf } from './template-form.js'

const CHANNELS = ['pos', 'online'] as const
const FIRSTS = ['later', 'first'] as const
const POINTS = ['without', 'with'] as const
const SHIPPING_OFFERED = '8'

interface Props {
  /** What is being written; null while something is wrong with it. */
  terms: CouponTerms | null
  names: RuleNames
}

/** What the coupon does to a basket, worked out here as it is typed. */
export function BasketExample({ terms, names }: Props) {
  const [form, setForm] = useState<BasketForm>(() => ({
    lines: words.offered.map((one) => ({ ...one, key: randomKey(), code: '' })),
    ...{ shipping: SHIPPING_OFFERED, inHand: '2', channel: 'pos', storeId: null, levelCode: '' },
    ...{ first: 'later', at: momentOf(Date.now()), points: 'without' },
  }))
  const change = (changes: Partial<BasketForm>) => {
    setForm({ ...form, ...changes })
  }
  const { outcome, problems } =
    terms === null
      ? { outcome: null, problems: {} }
      : outcomeOf(form, terms, names.stores.list[0]?.id)
  return (
    <FormSection id="basket" className="rule-example" title={words.title} note={words.note}>
      <Lines
        lines={form.lines}
        problems={problems}
        hasCodes={terms !== null && askedOf(terms).codes}
        onChange={(lines) => {
          change({ lines })
        }}
      />
      {terms !== null && <Asked {...{ terms, form, problems, names }} onChange={change} />}
      <div className="coupon-result" role="group" aria-label={words.result} aria-live="polite">
        {terms === null && <p className="note">{words.incomplete}</p>}
        {terms !== null && outcome === null && <p className="note">{words.wrong}</p>}
        {outcome !== null && <BasketResult outcome={outcome} />}
      </div>
    </FormSection>
  )
}

interface LinesProps {
  lines: readonly LineForm[]
  problems: BasketProblems
  hasCodes: boolean
  onChange: (lines: readonly LineForm[]) => void
}

function Lines({ lines, problems, hasCodes, onChange }: LinesProps) {
  return (
    <div className="coupon-lines">
      {lines.map((line, index) => (
        <Line
          key={line.key}
          {...{ line, problems, hasCodes }}
          place={count(index + 1)}
          onChange={(changes) => {
            onChange(lines.map((one) => (one === line ? { ...one, ...changes } : one)))
          }}
          onRemove={
            lines.length === 1
              ? null
              : () => {
                  onChange(lines.filter((one) => one !== line))
                }
          }
        />
      ))}
      {lines.length < LINES_MAX && (
        <Button
          onClick={() => {
            const added = { key: randomKey(), name: words.addedName, code: '' }
            onChange([...lines, { ...added, amount: '10', pieces: '1' }])
          }}
        >
          {words.add}
        </Button>
      )}
    </div>
  )
}

interface LineProps extends Pick<LinesProps, 'problems' | 'hasCodes'> {
  line: LineForm
  place: string
  onChange: (changes: Partial<LineForm>) => void
  /** Null for the last one left. */
  onRemove: (() => void) | null
}

function Line({ line, place, problems, hasCodes, onChange, onRemove }: LineProps) {
  const input = (field: 'name' | 'code' | 'amount' | 'pieces') => {
    const isWrong = problems[lineField(line.key, field)] !== undefined
    return {
      'aria-label': words[field](place),
      'aria-invalid': isWrong,
      status: isWrong ? ('error' as const) : ('' as const),
      autoComplete: 'off',
      value: line[field],
      onChange: (event: { target: { value: string } }) => {
        onChange({ [field]: event.target.value })
      },
    }
  }
  const wrong = [lineField(line.key, 'amount'), lineField(line.key, 'pieces')].flatMap(
    (name) => problems[name] ?? [],
  )
  return (
    <div className="coupon-line" role="group" aria-label={words.line(place)}>
      <Input {...input('name')} className="coupon-line-name" placeholder={words.namePlaceholder} />
      {hasCodes && (
        <Input
          {...input('code')}
          className="coupon-line-name"
          placeholder={words.codePlaceholder}
        />
      )}
      <Input {...input('amount')} prefix="¥" inputMode="decimal" />
      <Input {...input('pieces')} suffix={words.piece} inputMode="numeric" />
      <Button
        aria-label={words.remove(place)}
        disabled={onRemove === null}
        onClick={() => {
          onRemove?.()
        }}
      >
        {words.removeShort}
      </Button>
      {wrong.length > 0 && (
        <p className="bad coupon-line-name" role="status">
          {wrong.join('；')}
        </p>
      )}
    </div>
  )
}

interface AskedProps extends Omit<Props, 'terms'> {
  terms: CouponTerms
  form: BasketForm
  problems: BasketProblems
  onChange: (changes: Partial<BasketForm>) => void
}

/** What the coupon asks beside the goods. */
function Asked({ terms, form, problems, names, onChange }: AskedProps) {
  const { stores, levels } = names
  const asked = askedOf(terms)
  const typed = (name: 'shipping' | 'inHand' | 'at', type?: 'datetime-local') => (
    <Field label={words[name]} problem={problems[name]}>
      {(control) => (
        <Input
          {...control}
          {...(type === undefined ? { inputMode: 'decimal' as const } : { type })}
          autoComplete="off"
          value={form[name]}
          onChange={(event) => {
            onChange({ [name]: event.target.value })
          }}
        />
      )}
    </Field>
  )
  const chosen = <Name extends 'channel' | 'first' | 'points'>(
    name: Name,
    of: { label: string; choices: readonly BasketForm[Name][]; words: Record<string, string> },
  ) => (
    <ChoiceField
      label={of.label}
      choices={of.choices}
      chosen={form[name]}
      wordsOf={(one) => of.words[one] ?? ''}
      onChoose={(one) => {
        onChange({ [name]: one })
      }}
    />
  )
  return (
    <>
      {asked.shipping && typed('shipping')}
      {asked.several && typed('inHand')}
      {asked.channel &&
        chosen('channel', { label: words.channel, choices: CHANNELS, words: words.channels })}
      {asked.store && (
        <Field label={words.store}>
          {(control) => (
            <Select
              {...control}
              showSearch={{ optionFilterProp: 'label' }}
              placeholder={words.noStore}
              value={form.storeId ?? stores.list[0]?.id ?? null}
              options={stores.list.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={(storeId) => {
                onChange({ storeId })
              }}
            />
          )}
        </Field>
      )}
      {asked.level && (
        <Field label={words.level}>
          {(control) => (
            <Select
              {...control}
              allowClear
              placeholder={words.noLevel}
              value={form.levelCode === '' ? null : form.levelCode}
              options={levelOptions(levels, terms.when.levelCodes)}
              onChange={(levelCode: string | null | undefined) => {
                onChange({ levelCode: levelCode ?? '' })
              }}
            />
          )}
        </Field>
      )}
      {asked.at && typed('at', 'datetime-local')}
      {asked.first && chosen('first', { label: words.firsts, choices: FIRSTS, words: words.first })}
      {asked.points &&
        chosen('points', { label: words.points, choices: POINTS, words: words.pointsOf })}
    </>
  )
}
