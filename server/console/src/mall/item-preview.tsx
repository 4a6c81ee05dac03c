import type { MemberPeriod } from '@huike/shared/contracts/console-mall'
import { PERIOD_WORDS } from '@huike/shared/mall-words'
import { Button } from 'antd'
import { instantOf } from '../coupons/template-form.js'
import { FormSection } from '../form-section.js'
import { count, dateTime } from '../format.js'
import type { RuleNames } from '../points/rule-names.js'
import { wholeNumber } from '../whole-number.js'
import type { ItemForm } from './item-form.js'
import { formStrings as words, mallStrings } from './strings.js'

const ANY = [0, 100_000_000] as const

interface Props {
  form: ItemForm
  names: RuleNames
  taken: number
}

/** An item as a member reads it, with every key. */
export function ItemPreview({ form, names, taken }: Props) {
  const price = wholeNumber(form.price, ANY)
  const stock = wholeNumber(form.stock, ANY)
  const name = form.name.trim()
  return (
    <FormSection id="preview" title={words.preview}>
      <div className="mall-card">
        <p className="mall-card-name">{name === '' ? words.previewName : name}</p>
        {form.words.trim() !== '' && <p className="note">{form.words.trim()}</p>}
        <p className="mall-card-price">{mallStrings.price(price === null ? '—' : count(price))}</p>
        {stock !== null && <p>{words.left(count(Math.max(0, stock - taken)))}</p>}
        <ul className="mall-card-words">
          {[...fetchWords(form, names), ...limitWords(form, names)].map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
        <Button type="primary" block tabIndex={-1} aria-hidden="true">
          {words.exchange}
        </Button>
      </div>
    </FormSection>
  )
}

function fetchWords(form: ItemForm, { stores }: RuleNames): string[] {
  if (form.kind === 'coupon')
    return [
      ...(form.coupon === null ? [] : [`${form.coupon.name}：${form.coupon.headline}`]),
      words.atOnce,
    ]
  const days = wholeNumber(form.days, ANY)
  const named = form.storeIds.map(stores.nameOf).filter((name) => name !== '')
  return [
    ...(days === null ? [] : [words.fetchWithin(count(days))]),
    words.fetchAt(named.length === 0 ? words.everywhere : named.join('、')),
    words.lapseWords[form.lapse],
  ]
}

function limitWords(form: ItemForm, { levels }: RuleNames): string[] {
  const memberMax = wholeNumber(form.memberMax, ANY)
  const periodMax = form.period === 'none' ? null : wholeNumber(form.periodMax, ANY)
  const [fromMs, untilMs] = [instantOf(form.from), instantOf(form.until)]
  const named = form.levelCodes.map((code) => levels.nameOf(code) || code)
  return [
    ...(named.length === 0 ? [] : [words.levelsOnly(named.join('、'))]),
    ...(memberMax === null ? [] : [words.member(count(memberMax))]),
    ...(periodMax === null
      ? []
      : [words.memberPeriod(PERIOD_WORDS[form.period as MemberPeriod], count(periodMax))]),
    ...(fromMs !== null && fromMs > Date.now() ? [words.fromWords(dateTime(fromMs))] : []),
    ...(untilMs === null ? [] : [words.untilWords(dateTime(untilMs))]),
  ]
}
