import { ChoiceField } from '../choice-field.js'
import { count, money } from '../format.js'
import { fenOf, wholeOf } from '../points/typed.js'
import { Folded } from './folded.js'
import { formStrings as words } from './form-strings.js'
import { Typed, type FieldsProps } from './gives-fields.js'
import { momentOf } from './template-form.js'
import { COUNT, ONE_FEN, type TemplateForm } from './template-typed.js'

const STATES = ['open', 'stopped'] as const
const CLAIMS = ['none', 'some'] as const
/** Who may take them unasked may take one, unless somebody says otherwise. */
const CLAIMED_OFFERED = '1'
const PROBLEMS = [
  ...['memberMax', 'memberDayMax', 'budget', 'uses'],
  ...['claimFrom', 'claimUntil', 'counterDayMax'],
]

/** How many for each, how much in all, and whether members help themselves. */
export function LimitFields(props: FieldsProps) {
  const { form, problems, onChange } = props
  return (
    <Folded
      title={words.limits}
      set={limitWords(form)}
      isWrong={PROBLEMS.some((name) => name in problems)}
    >
      {form.basedOnVersion > 0 && (
        <ChoiceField
          label={words.state}
          hint={words.stateHint}
          choices={STATES}
          chosen={form.state}
          wordsOf={(one) => words.states[one]}
          onChoose={(state) => {
            onChange({ state })
          }}
        />
      )}
      <ChoiceField
        label={words.claims}
        choices={CLAIMS}
        chosen={form.claims}
        wordsOf={(one) => words.claimsOf[one]}
        onChoose={(claims) => {
          onChange({
            claims,
            claimFrom: form.claimFrom === '' ? momentOf(Date.now()) : form.claimFrom,
            memberMax: form.memberMax === '' ? CLAIMED_OFFERED : form.memberMax,
          })
        }}
      />
      {form.claims === 'some' && (
        <div className="rule-pair">
          <Typed {...props} name="claimFrom" label={words.claimFrom} type="datetime-local" />
          <Typed
            {...props}
            name="claimUntil"
            label={words.claimUntil}
            hint={words.claimUntilHint}
            type="datetime-local"
          />
        </div>
      )}
      <Typed
        {...props}
        name="counterDayMax"
        label={words.counterDayMax}
        hint={words.counterDayMaxHint}
        inputMode="numeric"
      />
      <div className="rule-pair">
        <Typed
          {...props}
          name="memberMax"
          label={words.memberMax}
          hint={words.noLimit}
          inputMode="numeric"
        />
        <Typed
          {...props}
          name="memberDayMax"
          label={words.memberDayMax}
          hint={words.noLimit}
          inputMode="numeric"
        />
        <Typed
          {...props}
          name="budget"
          label={words.budget}
          hint={words.budgetHint}
          inputMode="decimal"
        />
        <Typed
          {...props}
          name="uses"
          label={words.uses}
          hint={words.usesHint}
          inputMode="numeric"
        />
      </div>
    </Folded>
  )
}

/** What is set of the limits, in a few words. */
export function limitWords(form: TemplateForm): string {
  const memberMax = wholeOf(form.memberMax, COUNT)
  const uses = wholeOf(form.uses, COUNT)
  const counterDayMax = wholeOf(form.counterDayMax, COUNT)
  const budgetFen = fenOf(form.budget, ONE_FEN)
  const said = [
    ...(form.state === 'stopped' ? [words.stoppedShort] : []),
    ...(memberMax === null ? [] : [words.memberShort(count(memberMax))]),
    ...(budgetFen === null ? [] : [words.budgetShort(money(budgetFen))]),
    ...(uses === null ? [] : [words.usesShort(count(uses))]),
    ...(counterDayMax === null ? [] : [words.counterShort(count(counterDayMax))]),
  ]
  return [
    ...(said.length === 0 ? [words.unlimited] : said),
    form.claims === 'some' ? words.claimShort : words.noClaimShort,
  ].join('，')
}
