import type { CouponTemplateView } from '@huike/shared/contracts/console-coupons'
import { Button, Input, Select } from 'antd'
import { ChoiceField } from '../choice-field.js'
import { Field } from '../field.js'
import { amountOf, countOf, whenOf, type ItemForm } from './pack-form.js'
import { packFormStrings as words } from './strings.js'

const WHENS = ['now', 'day', 'monthly'] as const

interface Props {
  /** Counted from one. */
  at: number
  item: ItemForm
  coupons: readonly CouponTemplateView[]
  onChange: (item: ItemForm) => void
  /** Null where it is the only one. */
  onRemove: (() => void) | null
}

/** One kind of coupon in a pack: which, how many, when, and what one is worth. */
export function PackItemFields({ at, item, coupons, onChange, onRemove }: Props) {
  const text = (
    name: 'count' | 'days' | 'months' | 'worth',
    of: { label: string; named: string; isWrong: boolean; wrong: string; hint?: string },
  ) => (
    <Field
      label={of.label}
      hint={of.hint}
      problem={of.isWrong && item[name] !== '' ? of.wrong : null}
    >
      {(control) => (
        <Input
          {...control}
          aria-label={of.named}
          autoComplete="off"
          inputMode={name === 'worth' ? 'decimal' : 'numeric'}
          value={item[name]}
          onChange={(event) => {
            onChange({ ...item, [name]: event.target.value })
          }}
        />
      )}
    </Field>
  )
  const isWhenWrong = whenOf(item) === null
  return (
    <fieldset className="pack-item tile">
      <legend>{words.item(at)}</legend>
      <Field label={words.coupon} hint={words.couponHint}>
        {({ id }) => (
          <Select
            id={id}
            aria-label={words.couponOf(at)}
            value={item.templateId}
            notFoundContent={words.noCoupons}
            options={coupons.map((one) => ({
              value: one.id,
              label: `${one.terms.name}（${one.headline}）`,
            }))}
            onChange={(templateId) => {
              onChange({ ...item, templateId })
            }}
          />
        )}
      </Field>
      {text('count', {
        ...{ label: words.count, named: words.countOf(at), wrong: words.countBad },
        isWrong: countOf(item) === null,
      })}
      <ChoiceField
        label={words.whenOf(at)}
        choices={WHENS}
        chosen={item.when}
        wordsOf={(one) => words.whens[one]}
        onChoose={(when) => {
          onChange({ ...item, when })
        }}
      />
      {item.when === 'day' &&
        text('days', {
          ...{ label: words.days, named: words.daysOf(at), wrong: words.daysBad },
          isWrong: isWhenWrong,
        })}
      {item.when === 'monthly' &&
        text('months', {
          ...{ label: words.months, named: words.monthsOf(at), wrong: words.monthsBad },
          isWrong: isWhenWrong,
        })}
      {text('worth', {
        ...{ label: words.worth, named: words.worthOf(at), wrong: words.priceBad },
        ...{ isWrong: amountOf(item.worth) === null, hint: words.worthHint },
      })}
      {onRemove !== null && <Button onClick={onRemove}>{words.remove(at)}</Button>}
    </fieldset>
  )
}
