import type { CouponTemplateView, TemplatesPage } from '@huike/shared/contracts/console-coupons'
import type { PackChange, PackDraft, PackTemplateView } from '@huike/shared/contracts/console-packs'
import { idAt, type RequestId } from '@huike/shared/ids'
import { epochMs } from '@huike/shared/quantities'
import { Alert, Button, Input } from 'antd'
import { useRef, useState } from 'react'
import type { Answer } from '../api.js'
import { Field } from '../field.js'
import { FormDialog } from '../form-dialog.js'
import { count, money } from '../format.js'
import { randomChance } from '../random-key.js'
import { useSession } from '../session.js'
import { NameField } from '../text-fields.js'
import { useQuery } from '../use-query.js'
import {
  amountOf,
  freshItem,
  isSameLimits,
  isSameTerms,
  ITEMS_MAX,
  limitOf,
  NEW_PACK,
  packFormOf,
  saidBy,
  type PackForm,
  type PackSaid,
} from './pack-form.js'
import { PackItemFields } from './pack-item.js'
import { packFormStrings as words } from './strings.js'

const TITLE_CHARACTERS_MAX = 30
const PATH = '/packs/templates'
const COUPONS_PATH = '/coupons/templates?limit=100'

interface Props {
  /** Null for a new one. */
  pack: PackTemplateView | null
  onDone: (pack: PackTemplateView) => void
  onCancel: () => void
}

/** Asks what a new pack is, or what one promises and costs from now on. */
export function PackDialog({ pack, onDone, onCancel }: Props) {
  const { api } = useSession()
  const templates = useQuery<TemplatesPage>(COUPONS_PATH)
  // What the form was begun with; `latest` is what somebody else made of it meanwhile.
  const [based, setBased] = useState(pack)
  const [latest, setLatest] = useState<PackTemplateView | null>(null)
  const [form, setForm] = useState<PackForm>(() => (pack === null ? NEW_PACK : packFormOf(pack)))
  const [begun] = useState(() => ({
    requestId: idAt(Date.now(), randomChance) as RequestId,
    limits: { state: 'open' as const, fromMs: epochMs(Date.now()), untilMs: null },
  }))
  const said = saidBy(form, based?.limits ?? begun.limits)
  const isSame = based !== null && said !== null && isSameTerms(said, based)
  const isNothing = isSame && isSameLimits(said, based)
  const send = async (): Promise<Answer<PackTemplateView>> => {
    const answer = await api.post<PackTemplateView>(
      based === null ? PATH : `${PATH}/${based.id}`,
      bodyOf(said, based, begun.requestId),
    )
    if (!answer.ok && answer.code === 'pack_changed' && based !== null) {
      const now = await api.get<PackTemplateView>(`${PATH}/${based.id}`)
      if (now.ok) setLatest(now.value)
    }
    return answer.ok || answer.code !== null ? answer : { ...answer, sentence: words.unanswered }
  }
  const goOn = (from: PackTemplateView, fields: PackForm) => {
    setBased(from)
    setLatest(null)
    setForm(fields)
  }
  return (
    <FormDialog<PackTemplateView>
      title={pack === null ? words.title : words.changeTitle}
      submit={pack === null ? words.submit : words.save}
      isReady={said !== null && !isNothing && latest === null}
      onSubmit={send}
      onDone={onDone}
      onCancel={onCancel}
    >
      <PackFields form={form} coupons={couponsOf(templates.value, based)} onChange={setForm} />
      {latest !== null && (
        <Outdated
          latest={latest}
          onKeepMine={() => {
            goOn(latest, form)
          }}
          onTakeTheirs={() => {
            goOn(latest, packFormOf(latest))
          }}
        />
      )}
      {said !== null && latest === null && (
        <p className="summary">{promiseOf(said, based, { isSame, isNothing })}</p>
      )}
    </FormDialog>
  )
}

interface FieldsProps {
  form: PackForm
  coupons: readonly CouponTemplateView[]
  onChange: (form: PackForm) => void
}

function PackFields({ form, coupons, onChange }: FieldsProps) {
  const keys = useRef(form.items.length)
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
            onChange({ ...form, [name]: event.target.value })
          }}
        />
      )}
    </Field>
  )
  return (
    <>
      <NameField
        label={words.name}
        charactersMax={TITLE_CHARACTERS_MAX}
        value={form.title}
        onChange={(title) => {
          onChange({ ...form, title })
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
            onChange({ ...form, items: form.items.map((one) => (one === item ? changed : one)) })
          }}
          onRemove={
            form.items.length === 1
              ? null
              : () => {
                  onChange({ ...form, items: form.items.filter((one) => one !== item) })
                }
          }
        />
      ))}
      <Button
        disabled={form.items.length >= ITEMS_MAX}
        onClick={() => {
          onChange({ ...form, items: [...form.items, freshItem(keys.current)] })
          keys.current += 1
        }}
      >
        {words.add}
      </Button>
      {text('stock', limitOf(form.stock) === undefined)}
      {text('memberMax', limitOf(form.memberMax) === undefined)}
    </>
  )
}

interface OutdatedProps {
  latest: PackTemplateView
  onKeepMine: () => void
  onTakeTheirs: () => void
}

/** Somebody changed it meanwhile: shows what it is now, and lets one choose what to go on with. */
function Outdated({ latest, onKeepMine, onTakeTheirs }: OutdatedProps) {
  const { version, terms, limits, contents } = latest
  const stock = limits.stock === null ? null : count(limits.stock)
  return (
    <div className="form" role="group" aria-label={words.outdated(count(version))}>
      <Alert type="warning" role="alert" showIcon title={words.outdated(count(version))} />
      <div className="tile">
        <p className="coupon-name">
          {terms.title} {money(terms.priceFen)}
        </p>
        <ul className="pack-contents">
          {contents.map((content, at) => (
            <li key={at}>{content}</li>
          ))}
        </ul>
        <p className="note">{words.stockNow(stock)}</p>
      </div>
      <div className="page-actions">
        <Button onClick={onKeepMine}>{words.keepMine}</Button>
        <Button onClick={onTakeTheirs}>{words.takeTheirs}</Button>
      </div>
    </div>
  )
}

/** A change says what it was begun with; a new one is made once, however often it is sent. */
function bodyOf(
  said: PackSaid | null,
  based: PackTemplateView | null,
  requestId: RequestId,
): PackDraft | PackChange | undefined {
  if (said === null) return undefined
  const { terms, limits } = said
  return based === null
    ? { requestId, terms, limits }
    : { terms, limits, basedOnVersion: based.version, basedOnLimits: based.limits }
}

/** What saving does, in numbers. */
function promiseOf(
  { coupons, terms, worthFen }: PackSaid,
  based: PackTemplateView | null,
  { isSame, isNothing }: { isSame: boolean; isNothing: boolean },
): string {
  const numbers = [count(coupons), money(terms.priceFen), money(worthFen)] as const
  if (based === null) return words.promise(...numbers)
  if (isNothing) return words.nothing
  return isSame
    ? words.promiseLimits(count(based.version))
    : words.promiseChange({
        ...{ coupons: numbers[0], price: numbers[1], worth: numbers[2] },
        ...{ version: count(based.version + 1), sold: count(based.sold) },
      })
}

/** Those that can be in a pack, and those that are in this one already. */
function couponsOf(
  page: TemplatesPage | null,
  based: PackTemplateView | null,
): CouponTemplateView[] {
  const ids = new Set(based?.terms.items.map(({ templateId }) => templateId))
  return page?.templates.filter((one) => ids.has(one.id) || isSellable(one)) ?? []
}

/** Without limits of its own, and good for days from when it is given. */
function isSellable({ limits, terms }: CouponTemplateView): boolean {
  const { state, stock, memberMax, memberDayMax, budgetFen, usesMax } = limits
  const ends = [stock, memberMax, memberDayMax, budgetFen, usesMax]
  return state === 'open' && terms.validity.kind === 'days' && ends.every((one) => one === null)
}
