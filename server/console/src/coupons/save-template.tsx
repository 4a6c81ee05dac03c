import type { CouponTemplateView, TemplateLimits } from '@huike/shared/contracts/console-coupons'
import type { CouponTerms } from '@huike/shared/contracts/coupons'
import { couponConditions, couponHeadline } from '@huike/shared/coupon-words'
import { FEN_MAX, fen } from '@huike/shared/quantities'
import { Alert, Button } from 'antd'
import { FormSection } from '../form-section.js'
import { count, money } from '../format.js'
import type { Publishing } from '../points/use-publishing.js'
import { Failure } from '../trouble.js'
import { formStrings as words } from './form-strings.js'
import { limitWords } from './limit-fields.js'
import { formOf } from './template-form.js'

interface Props {
  /** Null while something is wrong with them. */
  terms: CouponTerms | null
  limits: TemplateLimits | null
  /** What is there now; null for a new one. */
  template: CouponTemplateView | null
  /** It says what the template says. */
  isSameTerms: boolean
  isSame: boolean
  /** Somebody changed it meanwhile. */
  isOutdated: boolean
  wrongFields: number
  publishing: Pick<Publishing<never>, 'isBusy' | 'refused'>
  onSave: () => void
  onLookAgain: () => void
  onKeepMine: () => void
  onTakeTheirs: () => void
}

/** What saving does, in numbers, and what stood in its way. */
export function SaveTemplate(props: Props) {
  const { terms, limits, template, isSame, isOutdated, wrongFields, publishing } = props
  const { refused, isBusy } = publishing
  const isTold = refused !== null && !(isOutdated && refused.code === 'coupon_template_changed')
  const unanswered = template === null ? words.unansweredNew : words.unanswered
  return (
    <FormSection id="save" title={words.promise}>
      <div className="summary">
        {terms === null || limits === null ? (
          <p className="note">{words.incomplete}</p>
        ) : (
          <>
            <p className="coupon-name">{terms.name}</p>
            <p>{couponHeadline(terms)}</p>
            <ul>
              {[
                [...couponConditions(terms), validityWords(terms)].join('；'),
                costWords(terms, limits),
                ...(template === null ? [] : changeWords(template, props.isSameTerms)),
              ].map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </>
        )}
      </div>
      {wrongFields > 0 && <Failure sentence={words.wrong(count(wrongFields))} />}
      {isTold && <Failure sentence={refused.code === null ? unanswered : refused.sentence} />}
      {isTold && refused.code === null && template !== null && (
        <Button onClick={props.onLookAgain}>{words.lookAgain}</Button>
      )}
      {isOutdated && template !== null && <Outdated {...props} template={template} />}
      {isSame && !isOutdated && <p className="note">{words.nothing}</p>}
      <div className="form-buttons">
        <Button
          type="primary"
          size="large"
          loading={isBusy}
          disabled={isSame || isOutdated}
          onClick={props.onSave}
        >
          {template === null ? words.create : words.save}
        </Button>
      </div>
    </FormSection>
  )
}

/** Somebody changed it meanwhile: shows what it is now, and lets one choose what to go on with. */
function Outdated({ template, ...props }: Props & { template: CouponTemplateView }) {
  const version = count(template.version)
  const { stock } = template.limits
  return (
    <div className="form">
      <Alert
        type="warning"
        role="alert"
        showIcon
        title={words.changed(version)}
        description={words.changedHow}
      />
      <div className="tile" role="group" aria-label={words.changed(version)}>
        <p className="coupon-name">{template.terms.name}</p>
        <p>{template.headline}</p>
        <p className="note">{[...template.conditions, validityWords(template.terms)].join('；')}</p>
        <p className="note">
          {words.stockShort(stock === null ? null : count(stock))}，{limitWords(formOf(template))}
        </p>
      </div>
      <div className="page-actions">
        <Button onClick={props.onKeepMine}>{words.keepMine}</Button>
        <Button onClick={props.onTakeTheirs}>{words.takeTheirs}</Button>
      </div>
    </div>
  )
}

/** When one that is given now is good. */
export function validityWords({ validity }: Pick<CouponTerms, 'validity'>): string {
  if (validity.kind === 'dates') return words.validDates(validity.fromDate, validity.toDate)
  const { afterDays, days } = validity
  return afterDays === 0
    ? words.validDays(count(days))
    : words.validAfter(count(afterDays), count(days))
}

/** The most that can be taken off with them in all. */
function costWords({ gives }: CouponTerms, { budgetFen, stock, usesMax }: TemplateLimits): string {
  const eachFen = gives.kind === 'amount' ? gives.amountFen : gives.mostFen
  const times = Math.min(stock ?? Infinity, usesMax ?? Infinity)
  const mostFen = Math.min(budgetFen ?? Infinity, eachFen === null ? Infinity : times * eachFen)
  if (mostFen <= FEN_MAX * FEN_MAX && Number.isSafeInteger(mostFen))
    return words.costMost(money(fen(mostFen)))
  return times === Infinity ? words.costOpen : words.costEach
}

function changeWords(template: CouponTemplateView, isSameTerms: boolean): string[] {
  return [
    isSameTerms
      ? words.sameVersion
      : words.newVersion(count(template.version + 1), count(template.issued)),
    words.limitsAtOnce,
  ]
}
