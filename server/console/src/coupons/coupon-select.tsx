import type { CouponTemplateView, TemplatesPage } from '@huike/shared/contracts/console-coupons'
import { CHAIN_ROLES } from '@huike/shared/permissions'
import { Button, Select } from 'antd'
import { Field } from '../field.js'
import { useSession } from '../session.js'
import { Failure } from '../trouble.js'
import { usePages } from '../use-query.js'
import { isOffered, type ChosenCoupon } from './coupon-choice.js'
import { selectStrings as words } from './strings.js'

const TEMPLATES = '/coupons/templates?limit=100'
const templatesOf = (page: TemplatesPage) => page.templates

interface Props {
  id?: string
  label: string
  hint?: string
  /** What stands there while none is chosen. */
  placeholder: string
  chosen: ChosenCoupon | null
  onChoose: (coupon: ChosenCoupon | null) => void
}

/** One of the coupons that this person may have given; the newest are read first. */
export function CouponSelect({ id, label, hint, placeholder, chosen, onChoose }: Props) {
  const { staff } = useSession()
  const list = usePages(TEMPLATES, templatesOf)
  const storeIds = CHAIN_ROLES.includes(staff.role) ? null : staff.storeIds
  const by = { storeIds, nowMs: Date.now() }
  const offered = (list.items ?? []).filter((one) => isOffered(one, by))
  return (
    <>
      <Field label={label} hint={hint} {...(id === undefined ? {} : { id })}>
        {(control) => (
          <Select
            {...control}
            allowClear
            placeholder={placeholder}
            loading={list.isLoading}
            showSearch={{ optionFilterProp: 'label' }}
            value={chosen?.templateId ?? null}
            options={optionsOf(offered, chosen)}
            onChange={(templateId) => {
              onChoose(chosenOf(offered.find((one) => one.id === templateId)))
            }}
          />
        )}
      </Field>
      {list.problem !== null && <Failure sentence={list.problem} onRetry={list.more} />}
      {list.hasMore && (
        <Button loading={list.isLoading} onClick={list.more}>
          {words.more}
        </Button>
      )}
      {list.items !== null && !list.hasMore && offered.length === 0 && (
        <p className="note">{words.none}</p>
      )}
    </>
  )
}

/** What was chosen before stays a choice, also where it is on no page that was read. */
function optionsOf(offered: readonly CouponTemplateView[], chosen: ChosenCoupon | null) {
  const options = offered.map(({ id, terms, headline }) => ({
    value: id,
    label: words.option(terms.name, headline),
  }))
  return chosen === null || options.some(({ value }) => value === chosen.templateId)
    ? options
    : [{ value: chosen.templateId, label: words.option(chosen.name, chosen.headline) }, ...options]
}

function chosenOf(template: CouponTemplateView | undefined): ChosenCoupon | null {
  if (template === undefined) return null
  const { id: templateId, terms, headline } = template
  return { templateId, name: terms.name, headline }
}
