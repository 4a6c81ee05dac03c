import type { CouponForecast } from '@huike/shared/contracts/console-campaigns'
import type { CouponTemplateView, TemplatesPage } from '@huike/shared/contracts/console-coupons'
import { CHAIN_ROLES } from '@huike/shared/permissions'
import { Button, Select } from 'antd'
import { Field } from '../field.js'
import { count, money } from '../format.js'
import { useSession } from '../session.js'
import { Failure } from '../trouble.js'
import { usePages } from '../use-query.js'
import { isOffered } from './coupon-choice.js'
import type { Draft, DraftCoupon } from './draft.js'
import { campaignStrings } from './strings.js'
import type { Counted } from './use-audience.js'

const words = campaignStrings.form
const TEMPLATES = '/coupons/templates?limit=100'
const templatesOf = (page: TemplatesPage) => page.templates

interface Props {
  draft: Draft
  counted: Counted
  onChange: (draft: Draft) => void
}

/** Which coupon goes with the message, if any, and what that can cost. */
export function CouponStep({ draft, counted, onChange }: Props) {
  const { staff } = useSession()
  const list = usePages(TEMPLATES, templatesOf)
  const storeIds = CHAIN_ROLES.includes(staff.role) ? null : staff.storeIds
  const by = { storeIds, nowMs: Date.now() }
  const offered = (list.items ?? []).filter((one) => isOffered(one, by))
  const choose = (coupon: DraftCoupon | null) => {
    onChange({ ...draft, coupon })
  }
  return (
    <div className="c-step">
      <div className="c-inputs">
        <Field id="campaign-coupon" label={words.coupon} hint={words.couponNote}>
          {(control) => (
            <Select
              {...control}
              allowClear
              placeholder={words.noCoupon}
              loading={list.isLoading}
              showSearch={{ optionFilterProp: 'label' }}
              value={draft.coupon?.templateId ?? null}
              options={optionsOf(offered, draft.coupon)}
              onChange={(id) => {
                choose(draftCouponOf(offered.find((one) => one.id === id)))
              }}
            />
          )}
        </Field>
        {list.problem !== null && <Failure sentence={list.problem} onRetry={list.more} />}
        {list.hasMore && (
          <Button loading={list.isLoading} onClick={list.more}>
            {words.moreCoupons}
          </Button>
        )}
        {list.items !== null && !list.hasMore && offered.length === 0 && (
          <p className="note">{words.noneOffered}</p>
        )}
      </div>
      <div className="c-result" aria-live="polite">
        {draft.coupon !== null && <Forecast counted={counted} />}
      </div>
    </div>
  )
}

/** What was chosen before stays a choice, also where it is on no page that was read. */
function optionsOf(offered: readonly CouponTemplateView[], chosen: DraftCoupon | null) {
  const options = offered.map(({ id, terms, headline }) => ({
    value: id,
    label: words.couponOption(terms.name, headline),
  }))
  return chosen === null || options.some(({ value }) => value === chosen.templateId)
    ? options
    : [
        { value: chosen.templateId, label: words.couponOption(chosen.name, chosen.headline) },
        ...options,
      ]
}

function draftCouponOf(template: CouponTemplateView | undefined): DraftCoupon | null {
  if (template === undefined) return null
  const { id: templateId, terms, headline } = template
  return { templateId, name: terms.name, headline }
}

/** What it costs at most, and what is left: it is counted with the people. */
function Forecast({ counted }: { counted: Counted }) {
  const { preview, isFresh } = counted
  const coupon = isFresh ? (preview?.coupon ?? null) : null
  if (preview === null || coupon === null)
    return counted.problem === null ? <p role="status">{words.counting}</p> : null
  const short = preview.leftOut.find(({ reason }) => reason === 'coupon_out_of_stock')
  return (
    <div className="m-panel">
      <dl className="m-facts">
        {factsOf(coupon, preview.reachableCount).map(([term, told]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{told}</dd>
          </div>
        ))}
      </dl>
      {short !== undefined && <p className="c-warn">{words.couponShort(count(short.count))}</p>}
      {isOverBudget(coupon) && <p className="c-warn">{words.couponOverBudget}</p>}
      <p className="note">{words.couponKept}</p>
    </div>
  )
}

function factsOf(coupon: CouponForecast, people: number): [string, string][] {
  const { mostFen, stockLeft, usesLeft, budgetLeftFen } = coupon
  const left = <Value extends number>(value: Value | null, say: (value: Value) => string) =>
    value === null ? words.noLimit : say(value)
  return [
    [words.couponPeople, words.couponCount(count(people))],
    [words.couponMost, left(mostFen, money)],
    [words.couponStock, left(stockLeft, (value) => words.couponCount(count(value)))],
    [words.couponUses, left(usesLeft, (value) => words.couponTimes(count(value)))],
    [words.couponBudget, left(budgetLeftFen, money)],
  ]
}

/** All of them used would be more than may be taken off. */
function isOverBudget({ mostFen, budgetLeftFen }: CouponForecast): boolean {
  return budgetLeftFen !== null && (mostFen === null || mostFen > budgetLeftFen)
}
