// Makes a poster. A new one is one request, however often it is sent.

import type { CouponPosterView } from '@huike/shared/contracts/coupon-posters'
import { idAt } from '@huike/shared/ids'
import {
  newPosterCode,
  POSTER_CODE_CHARACTERS_MAX,
  POSTER_NAME_CHARACTERS_MAX,
} from '@huike/shared/poster-codes'
import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import type { Answer } from '../api.js'
import { Field } from '../field.js'
import { FormDialog } from '../form-dialog.js'
import type { Stores } from '../members/use-stores.js'
import { randomChance } from '../random-key.js'
import { useSession } from '../session.js'
import { NameField } from '../text-fields.js'
import { CouponSelect } from './coupon-select.js'
import { draftOf, newPosterForm, posterOf, posterProblems, type PosterForm } from './poster-form.js'
import { posterStrings as words } from './poster-strings.js'

/** With hyphens and spaces between. */
const TYPED_CHARACTERS_MAX = POSTER_CODE_CHARACTERS_MAX * 2

interface Props {
  stores: Stores
  onDone: (poster: CouponPosterView) => void
  onCancel: () => void
}

export function PosterDialog({ stores, onDone, onCancel }: Props) {
  const { api } = useSession()
  const [form, setForm] = useState(() => newPosterForm(Date.now(), randomChance))
  const [requestId] = useState(() => idAt(Date.now(), randomChance))
  const change = (changes: Partial<PosterForm>) => {
    setForm((now) => ({ ...now, ...changes }))
  }
  const said = posterOf(form)
  const send = async (): Promise<Answer<CouponPosterView>> => {
    if (said === null) throw new Error('something is missing')
    const answer = await api.post<CouponPosterView>('/coupons/posters', draftOf(said, requestId))
    return answer.ok || answer.code !== null ? answer : { ...answer, sentence: words.unanswered }
  }
  return (
    <FormDialog<CouponPosterView>
      title={words.create}
      submit={words.save}
      isReady={said !== null}
      onSubmit={send}
      onDone={onDone}
      onCancel={onCancel}
    >
      <NameField
        label={words.name}
        hint={words.nameHint}
        charactersMax={POSTER_NAME_CHARACTERS_MAX}
        value={form.name}
        onChange={(name) => {
          change({ name })
        }}
      />
      <CouponSelect
        label={words.couponLabel}
        placeholder={words.couponPlaceholder}
        chosen={form.coupon}
        onChoose={(coupon) => {
          change({ coupon })
        }}
      />
      <CodeField form={form} onChange={change} />
      <Field label={words.store} hint={words.storeHint}>
        {(control) => (
          <Select
            {...control}
            loading={!stores.isKnown}
            value={form.storeId}
            options={[
              { value: '', label: words.anywhere },
              ...stores.list.map(({ id, name }) => ({ value: id, label: name })),
            ]}
            onChange={(storeId) => {
              change({ storeId })
            }}
          />
        )}
      </Field>
      <Limits form={form} onChange={change} />
    </FormDialog>
  )
}

interface FieldsProps {
  form: PosterForm
  onChange: (changes: Partial<PosterForm>) => void
}

function CodeField({ form, onChange }: FieldsProps) {
  return (
    <Field
      label={words.codeLabel}
      hint={words.codeHint}
      problem={form.code !== '' && posterProblems(form).code ? words.codeWrong : null}
    >
      {(control) => (
        <div className="with-button">
          <Input
            {...control}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={TYPED_CHARACTERS_MAX}
            value={form.code}
            onChange={(event) => {
              onChange({ code: event.target.value })
            }}
          />
          <Button
            onClick={() => {
              onChange({ code: newPosterCode(randomChance) })
            }}
          >
            {words.codeOther}
          </Button>
        </div>
      )}
    </Field>
  )
}

function Limits({ form, onChange }: FieldsProps) {
  const wrong = posterProblems(form)
  return (
    <>
      {(['from', 'until'] as const).map((name) => (
        <Field
          key={name}
          label={name === 'from' ? words.fromLabel : words.untilLabel}
          problem={name === 'until' && wrong.until ? words.backward : null}
        >
          {(control) => (
            <Input
              {...control}
              type="datetime-local"
              value={form[name]}
              onChange={(event) => {
                onChange({ [name]: event.target.value })
              }}
            />
          )}
        </Field>
      ))}
      <Field
        label={words.total}
        hint={words.totalHint}
        problem={wrong.total ? words.totalWrong : null}
      >
        {(control) => (
          <Input
            {...control}
            inputMode="numeric"
            autoComplete="off"
            value={form.total}
            onChange={(event) => {
              onChange({ total: event.target.value })
            }}
          />
        )}
      </Field>
    </>
  )
}
