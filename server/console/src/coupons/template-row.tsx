import type { CouponTemplateView } from '@huike/shared/contracts/console-coupons'
import { Button, Progress, Tag } from 'antd'
import { useId } from 'react'
import { count, dateTime, money } from '../format.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { validityWords } from './save-template.js'
import { couponStrings as words, giveStrings } from './strings.js'

const PERCENT = 100

interface Props {
  template: CouponTemplateView
  nowMs: number
  /** Null for who may not give any. */
  onGive: (() => void) | null
}

/** One kind of coupon: what it promises, and how much of it is gone. */
export function TemplateRow({ template, nowMs, onGive }: Props) {
  const { may } = useSession()
  const { id, version, terms, limits, headline, conditions, issued, uses, spentFen } = template
  const labelId = useId()
  const state = stateOf(template)
  return (
    <li className="row coupon-row" aria-labelledby={labelId}>
      <div className="coupon-what">
        <div className="coupon-head">
          <strong id={labelId} className="coupon-name">
            {terms.name}
          </strong>
          <Tag color={state === 'open' ? 'success' : 'default'}>{words.state[state]}</Tag>
        </div>
        <p className="coupon-headline">{headline}</p>
        <p className="note">{[...conditions, validityWords(terms)].join('；')}</p>
        <p className="note">
          {claimWords(template, nowMs)} · {words.version(count(version))}
        </p>
      </div>
      <div className="coupon-meters">
        <Meter
          {...{ name: terms.name, label: words.issued, part: issued, whole: limits.stock }}
          wordsOf={count}
        />
        <Meter
          {...{ name: terms.name, label: words.uses, part: uses, whole: limits.usesMax }}
          wordsOf={count}
        />
        <Meter
          {...{ name: terms.name, label: words.spent, part: spentFen, whole: limits.budgetFen }}
          wordsOf={money}
        />
      </div>
      <div className="coupon-buttons">
        {onGive !== null && (
          <Button
            aria-label={giveStrings.openNamed(terms.name)}
            disabled={limits.state === 'stopped'}
            onClick={onGive}
          >
            {giveStrings.open}
          </Button>
        )}
        {may('coupons.manage') && (
          <Button aria-label={words.changeNamed(terms.name)} href={hrefOf(`/coupons/${id}`)}>
            {words.change}
          </Button>
        )}
      </div>
    </li>
  )
}

interface MeterProps<Value extends number> {
  name: string
  label: string
  part: Value
  /** Null: there is no end. */
  whole: Value | null
  wordsOf: (value: Value) => string
}

/** How much of something is gone. */
function Meter<Value extends number>({ name, label, part, whole, wordsOf }: MeterProps<Value>) {
  const said =
    whole === null ? words.noLimit(wordsOf(part)) : words.of(wordsOf(part), wordsOf(whole))
  return (
    <div className="coupon-meter">
      <span className="coupon-meter-words">
        <span className="note">{label}</span>
        <span>{said}</span>
      </span>
      {whole !== null && (
        <Progress
          aria-label={words.meter(label, name)}
          percent={Math.min(PERCENT, (part / whole) * PERCENT)}
          showInfo={false}
          size="small"
          strokeColor="var(--hk-brand)"
        />
      )}
    </div>
  )
}

/** Whether any can still be given, and used. */
function stateOf({ limits, issued, uses, spentFen }: CouponTemplateView): keyof typeof words.state {
  const isSpent =
    (limits.budgetFen !== null && spentFen >= limits.budgetFen) ||
    (limits.usesMax !== null && uses >= limits.usesMax)
  if (limits.state === 'stopped') return 'stopped'
  if (isSpent) return 'spent'
  return limits.stock !== null && issued >= limits.stock ? 'out' : 'open'
}

function claimWords(
  { limits: { claimFromMs, claimUntilMs } }: CouponTemplateView,
  nowMs: number,
): string {
  const { claim } = words
  if (claimFromMs === null) return claim.none
  if (claimFromMs > nowMs) return claim.coming(dateTime(claimFromMs))
  if (claimUntilMs === null) return claim.always(dateTime(claimFromMs))
  return (claimUntilMs > nowMs ? claim.until : claim.over)(dateTime(claimUntilMs))
}
