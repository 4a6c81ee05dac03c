import { ChoiceField } from '../choice-field.js'
import { Folded } from './folded.js'
import { formStrings as words } from './form-strings.js'
import { Typed, type FieldsProps } from './gives-fields.js'
import { isSeveral, type TemplateForm } from './template-typed.js'

const CLASSES = ['order', 'goods'] as const
const STACKINGS = ['classes', 'alone'] as const
const POINTS = ['with', 'without'] as const
const REFUNDS = ['given_back', 'gone'] as const
const BEARERS = ['chain', 'store', 'partner'] as const

/** How many in an order, beside what else, and what a return does. */
export function HowFields(props: FieldsProps) {
  const { form, problems, onChange } = props
  const { kind } = form
  return (
    <Folded title={words.how} set={setWords(form)} isWrong={'perOrder' in problems}>
      {kind !== 'gift' && kind !== 'shipping' && (
        <ChoiceField
          label={words.class}
          hint={words.classHint}
          choices={CLASSES}
          chosen={form.class}
          wordsOf={(one) => words.classes[one]}
          onChoose={(one) => {
            onChange({ class: one })
          }}
        />
      )}
      <ChoiceField
        label={words.stacking}
        choices={STACKINGS}
        chosen={form.stacking}
        wordsOf={(one) => words.stackings[one]}
        onChoose={(stacking) => {
          onChange({ stacking })
        }}
      />
      {isSeveral(form) && (
        <Typed
          {...props}
          name="perOrder"
          label={words.perOrder}
          hint={words.perOrderHint}
          inputMode="numeric"
        />
      )}
      <ChoiceField
        label={words.points}
        choices={POINTS}
        chosen={form.points}
        wordsOf={(one) => words.pointsOf[one]}
        onChoose={(points) => {
          onChange({ points })
        }}
      />
      <ChoiceField
        label={words.refund}
        choices={REFUNDS}
        chosen={form.refund}
        wordsOf={(one) => words.refunds[one]}
        onChoose={(refund) => {
          onChange({ refund })
        }}
      />
      <ChoiceField
        label={words.bearer}
        choices={BEARERS}
        chosen={form.bearer}
        wordsOf={(one) => words.bearers[one]}
        onChoose={(bearer) => {
          onChange({ bearer })
        }}
      />
    </Folded>
  )
}

/** What is set, in a few words. */
function setWords(form: TemplateForm): string {
  return [
    words.perOrderShort(isSeveral(form) ? form.perOrder : '1'),
    words.stackings[form.stacking],
    words.pointsOf[form.points],
    `${words.refund}${words.refunds[form.refund]}`,
    words.bearerShort(words.bearers[form.bearer]),
  ].join('，')
}
