import { Button, Input } from 'antd'
import { Field } from '../field.js'
import { count } from '../format.js'
import { RuleField, ruleFieldId } from '../points/rule-field.js'
import { randomKey } from '../random-key.js'
import {
  LEVELS_MAX,
  levelField,
  newLevel,
  type LevelForm,
  type LevelWholeField,
  type Problems,
} from './scheme-form.js'
import { schemeStrings as words } from './strings.js'

const ADD_ID = 'levels-add'

interface Props {
  levels: readonly LevelForm[]
  problems: Problems
  onChange: (levels: readonly LevelForm[]) => void
}

/** The levels from the lowest: changed, and added at the top. */
export function LevelFields({ levels, problems, onChange }: Props) {
  const isFull = levels.length >= LEVELS_MAX
  const add = () => {
    const added = newLevel(randomKey())
    onChange([...levels, added])
    // Its name is drawn with the next frame.
    requestAnimationFrame(() =>
      document.getElementById(ruleFieldId(levelField(added.key, 'name')))?.focus(),
    )
  }
  return (
    <section className="tile form" aria-labelledby="levels">
      <div>
        <h2 id="levels">{words.levels}</h2>
        <p className="note">{words.levelsNote}</p>
      </div>
      {levels.map((level, index) => (
        <OneLevel
          key={level.key}
          {...{ level, problems, isLowest: index === 0 }}
          title={words.level(count(index + 1), level.name.trim())}
          onChange={(changes) => {
            onChange(levels.map((one) => (one === level ? { ...one, ...changes } : one)))
          }}
          onRemove={() => {
            onChange(levels.filter((one) => one !== level))
            document.getElementById(ADD_ID)?.focus()
          }}
        />
      ))}
      <Button id={ADD_ID} disabled={isFull} onClick={add}>
        {isFull ? words.addFull(count(LEVELS_MAX)) : words.add}
      </Button>
    </section>
  )
}

interface LevelProps {
  level: LevelForm
  title: string
  isLowest: boolean
  problems: Problems
  onChange: (changes: Partial<LevelForm>) => void
  onRemove: () => void
}

function OneLevel({ level, title, isLowest, problems, onChange, onRemove }: LevelProps) {
  const { key, isKept } = level
  const wordsId = levelField(key, 'words')
  const field = (name: 'name' | 'code' | 'birthdayGift' | LevelWholeField, hint: string) => (
    <RuleField
      name={levelField(key, name)}
      label={words[name]}
      hint={hint}
      problems={problems}
      value={level[name]}
      onChange={(typed) => {
        onChange({ [name]: typed })
      }}
    />
  )
  return (
    <div className="levels-one form" role="group" aria-label={title}>
      <div className="section-head">
        <h3>{title}</h3>
        {!isKept && <Button onClick={onRemove}>{words.remove(level.name.trim())}</Button>}
      </div>
      <div className="levels-pair">
        {field('name', words.nameHint)}
        {isKept ? (
          <div className="field">
            <span>{words.code}</span>
            <code>{level.code}</code>
            <span className="field-words">{words.codeKept}</span>
          </div>
        ) : (
          field('code', words.codeHelp)
        )}
        {isLowest ? <p className="note">{words.thresholdBase}</p> : field('threshold', '')}
      </div>
      <div className="levels-pair">
        {field('birthdayPoints', words.zeroNone)}
        {field('freeShippingCoupons', words.zeroNone)}
        {field('earlyAccessHours', words.zeroNone)}
      </div>
      {field('birthdayGift', words.birthdayGiftHint)}
      <Field
        id={ruleFieldId(wordsId)}
        label={words.words}
        hint={words.wordsHint}
        problem={problems[wordsId]}
      >
        {(control) => (
          <Input.TextArea
            {...control}
            autoSize={{ minRows: 2, maxRows: 6 }}
            value={level.words}
            onChange={(event) => {
              onChange({ words: event.target.value })
            }}
          />
        )}
      </Field>
    </div>
  )
}
