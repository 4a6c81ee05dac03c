import type { CouponTemplateView, TemplatesPage } from '@huike/shared/contracts/console-coupons'
import type { PackTemplateView } from '@huike/shared/contracts/console-packs'
import { Button, Input } from 'antd'
import { useRef, useState } from 'react'
import { Field } from '../field.js'
import { FormDialog } from '../form-dialog.js'
import { count, money } from '../format.js'
import { useSession } from '../session.js'
import { NameField } from '../text-fields.js'
import { useQuery } from '../use-query.js'
import { amountOf, draftOf, freshItem, ITEMS_MAX, limitOf, type PackForm } from './pack-form.js'
import { PackItemFields } from './pack-item.js'
import { packFormStrings as words } from './strings.js'

const TITLE_CHARACTERS_MAX = 30
const TEMPLATES_PATH = '/coupons/templates?limit=100'

interface Props {
  onDone: (pack: PackTemplateView) => void
  onCancel: () => void
}

/** Asks what a new pack is, then puts it on sale. */
export function NewPackDialog({ onDone, onCancel }: Props) {
  const { api } = useSession()
  const templates = useQuery<TemplatesPage>(TEMPLATES_PATH)
  const keys = useRef(1)
  const [form, setForm] = useState<PackForm>({
    ...{ title: '', price: '', stock: '', memberMax: '' },
    items: [freshItem(0)],
  })
  const coupons = templates.value?.templates.filter(isSellable) ?? []
  const said = draftOf(form, Date.now())
  const text = (name: 'price' | 'stock' | 'memberMax', isWrong: boolean) => (
    <Field
      label={words[name]}
      hint={name === 'price' ? undefined : words.noLimit}
      problem={isWrong ? (name === 'price' ? words.priceBad : words.wholeBad) : null}
    >
      {(control) => (
        <Input
          {...control}
          autoComplete="off"
          inputMode={name === 'price' ? 'decimal' : 'numeric'}
          value={form[name]}
          onChange={(event) => {
            setForm({ ...form, [name]: event.target.value })
          }}
        />
      )}
    </Field>
  )
  return (
    <FormDialog<PackTemplateView>
      title={words.title}
      submit={words.submit}
      isReady={said !== null}
      onSubmit={() => api.post<PackTemplateView>('/packs/templates', said?.draft)}
      onDone={onDone}
      onCancel={onCancel}
    >
      <NameField
        label={words.name}
        charactersMax={TITLE_CHARACTERS_MAX}
        value={form.title}
        onChange={(title) => {
          setForm({ ...form, title })
        }}
      />
      {text('price', form.price !== '' && amountOf(form.price) === null)}
      {form.items.map((item, index) => (
        <PackItemFields
          key={item.key}
          at={index + 1}
          item={item}
          coupons={coupons}
          onChange={(changed) => {
            setForm({ ...form, items: form.items.map((one) => (one === item ? changed : one)) })
          }}
          onRemove={
            form.items.length === 1
              ? null
              : () => {
                  setForm({ ...form, items: form.items.filter((one) => one !== item) })
                }
          }
        />
      ))}
      <Button
        disabled={form.items.length >= ITEMS_MAX}
        onClick={() => {
          setForm({ ...form, items: [...form.items, freshItem(keys.current)] })
          keys.current += 1
        }}
      >
        {words.add}
      </Button>
      {text('stock', limitOf(form.stock) === undefined)}
      {text('memberMax', limitOf(form.memberMax) === undefined)}
      {said !== null && (
        <p className="summary">
          {words.promise(
            count(said.coupons),
            money(said.draft.terms.priceFen),
            money(said.worthFen),
          )}
        </p>
      )}
    </FormDialog>
  )
}

/** Without limits of its own, and good for days from when it is given. */
function isSellable({ limits, terms }: CouponTemplateView): boolean {
  const { state, stock, memberMax, memberDayMax, budgetFen, usesMax } = limits
  const ends = [stock, memberMax, memberDayMax, budgetFen, usesMax]
  return state === 'open' && terms.validity.kind === 'days' && ends.every((one) => one === null)
}
