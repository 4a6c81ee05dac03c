// Writes a rule that gives coupons, or changes one. A new one is one request, however often it is sent.

import type { CouponRule } from '@huike/shared/contracts/console-coupon-rules'
import { idAt } from '@huike/shared/ids'
import { Input, Select } from 'antd'
import { useState } from 'react'
import type { Answer } from '../api.js'
import { ChoiceField } from '../choice-field.js'
import { Field } from '../field.js'
import { FormDialog } from '../form-dialog.js'
import { levelOptions } from '../points/rule-names.js'
import type { Levels } from '../levels/use-levels.js'
import type { Stores } from '../members/use-stores.js'
import { randomChance } from '../random-key.js'
import { useSession } from '../session.js'
import { NameField } from '../text-fields.js'
import { CouponSelect } from './coupon-select.js'
import { PurchaseFields } from './purchase-fields.js'
import {
  newRuleForm,
  RULE_KINDS,
  RULE_NAME_MAX,
  ruleFormOf,
  ruleOf,
  type RuleForm,
} from './rule-form.js'
import { ruleInWords } from './rule-words.js'
import { ruleStrings as words } from './rule-strings.js'

const DAYS_DIGITS_MAX = 2

interface Props {
  /** Null for a new one. */
  rule: CouponRule | null
  levels: Levels
  stores: Stores
  onDone: (rule: CouponRule) => void
  onCancel: () => void
}

export function RuleDialog({ rule, levels, stores, onDone, onCancel }: Props) {
  const { api } = useSession()
  const [form, setForm] = useState(() =>
    rule === null ? newRuleForm(Date.now()) : ruleFormOf(rule),
  )
  const [requestId] = useState(() => idAt(Date.now(), randomChance))
  const change = (changes: Partial<RuleForm>) => {
    setForm((now) => ({ ...now, ...changes }))
  }
  const said = ruleOf(form)
  const send = async (): Promise<Answer<CouponRule>> => {
    const answer =
      rule === null
        ? await api.post<CouponRule>('/coupons/rules', { ...said, requestId, kind: form.kind })
        : await api.post<CouponRule>(`/coupons/rules/${rule.id}`, {
            ...said,
            basedOnVersion: rule.version,
          })
    return answer.ok || answer.code !== null ? answer : { ...answer, sentence: words.unanswered }
  }
  return (
    <FormDialog<CouponRule>
      title={rule === null ? words.create : words.changeTitle}
      submit={words.save}
      isReady={said !== null}
      onSubmit={send}
      onDone={onDone}
      onCancel={onCancel}
    >
      <NameField
        label={words.name}
        hint={words.nameHint}
        charactersMax={RULE_NAME_MAX}
        value={form.name}
        onChange={(name) => {
          change({ name })
        }}
      />
      {rule === null && (
        <ChoiceField
          label={words.kind}
          hint={words.kindHint[form.kind]}
          choices={RULE_KINDS}
          chosen={form.kind}
          wordsOf={(kind) => words.kinds[kind]}
          onChoose={(kind) => {
            change({ kind })
          }}
        />
      )}
      {form.kind === 'birthday' && (
        <Field label={words.daysBefore} hint={words.daysBeforeHint}>
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              autoComplete="off"
              maxLength={DAYS_DIGITS_MAX}
              value={form.daysBefore}
              onChange={(event) => {
                change({ daysBefore: event.target.value })
              }}
            />
          )}
        </Field>
      )}
      {form.kind === 'purchase' && (
        <PurchaseFields
          form={form.purchase}
          stores={stores}
          onChange={(purchase) => {
            change({ purchase })
          }}
        />
      )}
      <CouponSelect
        label={words.coupon}
        placeholder={words.couponPlaceholder}
        chosen={form.coupon}
        onChoose={(coupon) => {
          change({ coupon })
        }}
      />
      <Days form={form} onChange={change} />
      <Field label={words.levels} hint={words.levelsHint}>
        {(control) => (
          <Select
            {...control}
            mode="multiple"
            allowClear
            placeholder={words.allLevels}
            loading={!levels.isKnown}
            value={[...form.levelCodes]}
            options={levelOptions(levels, form.levelCodes)}
            onChange={(levelCodes) => {
              change({ levelCodes })
            }}
          />
        )}
      </Field>
      <ChoiceField
        label={words.state}
        choices={[true, false].map(String)}
        chosen={String(form.isOn)}
        wordsOf={(isOn) => words.states(isOn === 'true')}
        onChoose={(isOn) => {
          change({ isOn: isOn === 'true' })
        }}
      />
      {said !== null && form.coupon !== null && (
        <p className="rule-said" role="status">
          {words.said(ruleInWords(said.terms, levels, stores), form.coupon.headline)}
        </p>
      )}
    </FormDialog>
  )
}

function Days({
  form,
  onChange,
}: {
  form: RuleForm
  onChange: (changes: Partial<RuleForm>) => void
}) {
  const isBackward = form.toDate !== '' && form.toDate < form.fromDate
  return (['fromDate', 'toDate'] as const).map((name) => (
    <Field
      key={name}
      label={words[name]}
      hint={name === 'toDate' ? words.toDateHint : undefined}
      problem={name === 'toDate' && isBackward ? words.backward : null}
    >
      {(control) => (
        <Input
          {...control}
          type="date"
          value={form[name]}
          onChange={(event) => {
            onChange({ [name]: event.target.value })
          }}
        />
      )}
    </Field>
  ))
}
