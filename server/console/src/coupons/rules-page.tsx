import type { CouponRule, CouponRules } from '@huike/shared/contracts/console-coupon-rules'
import { Alert, Button, Tag } from 'antd'
import { useId, useState } from 'react'
import { count, dateTime } from '../format.js'
import { useLevels, type Levels } from '../levels/use-levels.js'
import { useStores, type Stores } from '../members/use-stores.js'
import { PageFrame } from '../page-frame.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { RuleDialog } from './rule-dialog.js'
import { ruleInWords } from './rule-words.js'
import { ruleStrings as words } from './rule-strings.js'
import './coupons.css'

const BACK = { href: hrefOf('/coupons'), words: words.back }

/** The rules that give coupons by themselves, with what each gave and why not. */
export default function RulesPage() {
  const { may } = useSession()
  const query = useQuery<CouponRules>('/coupons/rules')
  const levels = useLevels()
  const stores = useStores()
  const [editing, setEditing] = useState<CouponRule | 'new' | null>(null)
  const [saved, setSaved] = useState<CouponRule | null>(null)
  const rules = query.value?.rules
  const close = () => {
    setEditing(null)
    // What somebody else changed meanwhile, or what was saved though no answer came.
    query.refresh()
  }
  return (
    <PageFrame
      title={words.title}
      note={words.note}
      back={BACK}
      actions={
        may('coupons.manage') && (
          <Button
            type="primary"
            onClick={() => {
              setEditing('new')
            }}
          >
            {words.create}
          </Button>
        )
      }
    >
      <Trouble query={query} />
      {saved !== null && (
        <Alert type="success" role="status" showIcon title={words.saved(saved.terms.name)} />
      )}
      {rules?.length === 0 && <p className="note">{words.empty}</p>}
      <ul className="rows" aria-label={words.list}>
        {rules?.map((rule) => (
          <RuleRow
            key={rule.id}
            {...{ rule, levels, stores }}
            onChange={
              may('coupons.manage')
                ? () => {
                    setEditing(rule)
                  }
                : null
            }
          />
        ))}
      </ul>
      {editing !== null && (
        <RuleDialog
          rule={editing === 'new' ? null : editing}
          levels={levels}
          stores={stores}
          onDone={(rule) => {
            setSaved(rule)
            close()
          }}
          onCancel={close}
        />
      )}
    </PageFrame>
  )
}

interface RowProps {
  rule: CouponRule
  levels: Levels
  stores: Stores
  /** Null for who may not change it. */
  onChange: (() => void) | null
}

function RuleRow({ rule, levels, stores, onChange }: RowProps) {
  const { terms, kind, isOn, couponName, headline, version } = rule
  const labelId = useId()
  return (
    <li className="row coupon-row" aria-labelledby={labelId}>
      <div className="coupon-what">
        <div className="coupon-head">
          <strong id={labelId} className="coupon-name">
            {terms.name}
          </strong>
          <Tag>{words.kinds[kind]}</Tag>
          <Tag color={isOn ? 'success' : 'default'}>{isOn ? words.on : words.off}</Tag>
        </div>
        <p className="coupon-headline">
          {headline === '' ? words.couponGone : words.gives(couponName, headline)}
        </p>
        <p className="note">{ruleInWords(terms, levels, stores)}</p>
        <p className="note">
          {words.changed(
            count(version),
            rule.changedBy,
            dateTime(rule.changedAtMs, stores.timeZone),
          )}
        </p>
      </div>
      <div>
        <p>{words.given(count(rule.given))}</p>
        {rule.waiting > 0 && <p className="note">{words.waiting(count(rule.waiting))}</p>}
        {rule.lapsed > 0 && <p className="note">{words.lapsed(count(rule.lapsed))}</p>}
        {rule.refused.map(({ reason, count: times }) => (
          <p key={reason} className="note">
            {words.refused(reason, count(times))}
          </p>
        ))}
      </div>
      <div className="coupon-buttons">
        {onChange !== null && (
          <Button aria-label={words.changeNamed(terms.name)} onClick={onChange}>
            {words.change}
          </Button>
        )}
      </div>
    </li>
  )
}
