import { ChoiceField } from '../choice-field.js'
import { FormSection } from '../form-section.js'
import { count } from '../format.js'
import { GoodsFields } from '../points/goods-fields.js'
import { RuleField } from '../points/rule-field.js'
import { fenOf, type Problems } from '../points/typed.js'
import { formStrings as words } from './form-strings.js'
import { offeredName } from './template-form.js'
import { NAME_MAX, type TemplateForm } from './template-typed.js'

const KINDS = ['amount', 'percent', 'gift', 'shipping'] as const
const VALIDITIES = ['days', 'dates'] as const

/** The fields that hold text. */
type TypedName = {
  [Name in keyof TemplateForm]: TemplateForm[Name] extends string ? Name : never
}[keyof TemplateForm]

export interface FieldsProps {
  form: TemplateForm
  problems: Problems
  onChange: (changes: Partial<TemplateForm>) => void
}

/** A field that is typed into; its problem is named as it is. */
export function Typed(
  props: FieldsProps & {
    name: TypedName
    label: string
    hint?: string
    inputMode?: 'numeric' | 'decimal'
    type?: 'date' | 'time' | 'datetime-local'
  },
) {
  const { form, problems, onChange, name, ...field } = props
  return (
    <RuleField
      {...field}
      {...{ name, problems }}
      value={form[name]}
      onChange={(typed) => {
        onChange({ [name]: typed })
      }}
    />
  )
}

/** What it takes off, from which sum on, and what it is called. */
export function GivesFields(props: FieldsProps) {
  const { form, problems, onChange } = props
  const { kind, goodsIn } = form
  const offered = offeredName(form)
  const [leastFen, amountFen] = [fenOf(form.least, 1), fenOf(form.amount, 1)]
  const isAll =
    kind === 'amount' && leastFen !== null && amountFen !== null && amountFen >= leastFen
  const hasGoods = kind === 'gift' || goodsIn.goods === 'some'
  return (
    <FormSection id="gives" title={words.gives}>
      <ChoiceField
        label={words.kind}
        choices={KINDS}
        chosen={kind}
        wordsOf={(one) => words.kinds[one]}
        onChoose={(one) => {
          onChange({ kind: one })
        }}
      />
      <div className="rule-pair">
        <Typed
          {...props}
          name="least"
          label={words.least}
          hint={hasGoods ? words.leastGoodsHint : words.leastHint}
          inputMode="decimal"
        />
        {kind === 'amount' && (
          <Typed
            {...props}
            name="amount"
            label={words.amount}
            hint={words.amountHint}
            inputMode="decimal"
          />
        )}
        {kind === 'percent' && (
          <Typed {...props} name="zhe" label={words.zhe} hint={words.zheHint} inputMode="decimal" />
        )}
        {kind !== 'amount' && (
          <Typed
            {...props}
            name="most"
            label={words.most}
            hint={words.mostHint}
            inputMode="decimal"
          />
        )}
      </div>
      {isAll && <p className="warn">{words.generous}</p>}
      {kind === 'gift' && (
        <GoodsFields
          name="in"
          form={goodsIn}
          note={words.giftNote}
          choiceWords={{ all: '', some: words.giftGoods }}
          mayBeAll={false}
          problems={problems}
          onChange={(changes) => {
            onChange({ goodsIn: { ...goodsIn, ...changes } })
          }}
        />
      )}
      <Typed
        {...props}
        name="name"
        label={words.name}
        hint={[
          offered === null ? words.nameUnknown : words.nameOffered(offered),
          words.nameHint(count(NAME_MAX)),
        ].join('；')}
      />
    </FormSection>
  )
}

/** When it is good, and how many there are. */
export function ValidityFields(props: FieldsProps & { given: number }) {
  const { form, onChange, given } = props
  return (
    <FormSection id="validity" title={words.validity}>
      <ChoiceField
        label={words.validityHow}
        choices={VALIDITIES}
        chosen={form.validity}
        wordsOf={(one) => words.validities[one]}
        onChoose={(validity) => {
          onChange({ validity })
        }}
      />
      <div className="rule-pair">
        {form.validity === 'days' ? (
          <>
            <Typed
              {...props}
              name="days"
              label={words.days}
              hint={words.daysHint}
              inputMode="numeric"
            />
            <Typed
              {...props}
              name="afterDays"
              label={words.afterDays}
              hint={words.afterHint}
              inputMode="numeric"
            />
          </>
        ) : (
          <>
            <Typed {...props} name="fromDate" label={words.fromDate} type="date" />
            <Typed {...props} name="toDate" label={words.toDate} hint={words.toHint} type="date" />
          </>
        )}
      </div>
      <Typed
        {...props}
        name="stock"
        label={words.stock}
        hint={given === 0 ? words.stockHint : words.stockGiven(count(given))}
        inputMode="numeric"
      />
    </FormSection>
  )
}
