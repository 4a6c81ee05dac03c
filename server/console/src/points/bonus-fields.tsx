import { Button } from 'antd'
import { ChoiceField } from '../choice-field.js'
import { FormSection } from '../form-section.js'
import { count } from '../format.js'
import { randomKey } from '../random-key.js'
import { BonusWhen } from './bonus-when.js'
import { RuleField, ruleFieldId } from './rule-field.js'
import { BONUSES_MAX, BONUS_NAME_MAX, newBonus, type BonusForm } from './rule-form.js'
import type { RuleNames } from './rule-names.js'
import { editorStrings as words } from './strings.js'
import { fieldOf, type Problems } from './typed.js'

const KINDS = ['times', 'points'] as const
const ADD_ID = 'rule-add-bonus'

interface Props {
  bonuses: readonly BonusForm[]
  problems: Problems
  names: RuleNames
  onChange: (bonuses: readonly BonusForm[]) => void
}

/** What gives more: added, changed, removed. */
export function Bonuses({ bonuses, problems, names, onChange }: Props) {
  const isFull = bonuses.length >= BONUSES_MAX
  const add = () => {
    const added = newBonus(randomKey())
    onChange([...bonuses, added])
    // Its name is drawn with the next frame.
    requestAnimationFrame(() => document.getElementById(nameIdOf(added))?.focus())
  }
  return (
    <FormSection
      id="bonuses"
      title={words.bonuses}
      note={bonuses.length === 0 ? words.bonusesNone : words.bonusesNote}
    >
      {bonuses.map((bonus, index) => (
        <Bonus
          key={bonus.key}
          {...{ bonus, problems, names }}
          title={words.bonus(count(index + 1), bonus.name.trim())}
          onChange={(changes) => {
            onChange(bonuses.map((one) => (one === bonus ? { ...one, ...changes } : one)))
          }}
          onRemove={() => {
            onChange(bonuses.filter((one) => one !== bonus))
            document.getElementById(ADD_ID)?.focus()
          }}
        />
      ))}
      <Button id={ADD_ID} disabled={isFull} onClick={add}>
        {isFull ? words.addFull(count(BONUSES_MAX)) : words.add}
      </Button>
    </FormSection>
  )
}

interface BonusProps {
  bonus: BonusForm
  title: string
  problems: Problems
  names: RuleNames
  onChange: (changes: Partial<BonusForm>) => void
  onRemove: () => void
}

function Bonus({ bonus, title, problems, names, onChange, onRemove }: BonusProps) {
  const { key, name, kind } = bonus
  const gives = {
    times: { label: words.times, hint: words.timesHint, inputMode: 'decimal' as const },
    points: {
      label: words.bonusPoints,
      hint: words.bonusPointsHint,
      inputMode: 'numeric' as const,
    },
  }
  return (
    <div className="rule-bonus form" role="group" aria-label={title}>
      <div className="section-head">
        <h3>{title}</h3>
        <Button aria-label={words.removeNamed(name === '' ? title : name)} onClick={onRemove}>
          {words.remove}
        </Button>
      </div>
      <RuleField
        name={fieldOf(key, 'name')}
        label={words.name}
        hint={words.nameHint(count(BONUS_NAME_MAX))}
        problems={problems}
        value={name}
        onChange={(typed) => {
          onChange({ name: typed })
        }}
      />
      <div className="rule-pair">
        <ChoiceField
          label={words.gives}
          choices={KINDS}
          chosen={kind}
          wordsOf={(one) => words.kind[one]}
          onChoose={(one) => {
            onChange({ kind: one })
          }}
        />
        <RuleField
          {...gives[kind]}
          name={fieldOf(key, kind)}
          problems={problems}
          value={bonus[kind]}
          onChange={(typed) => {
            onChange({ [kind]: typed })
          }}
        />
      </div>
      <BonusWhen {...{ bonus, problems, names, onChange }} />
    </div>
  )
}

function nameIdOf({ key }: BonusForm): string {
  return ruleFieldId(fieldOf(key, 'name'))
}
