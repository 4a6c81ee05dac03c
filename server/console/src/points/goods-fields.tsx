import { ChoiceField } from '../choice-field.js'
import { count } from '../format.js'
import { GOODS_NAME_MAX, type GoodsForm } from './goods-form.js'
import { RuleField } from './rule-field.js'
import { editorStrings as words } from './strings.js'
import { fieldOf, type Problems } from './typed.js'

const GOODS = ['all', 'some'] as const
const GOODS_LISTS = ['goodsCodes', 'goodsPrefixes', 'goodsWords'] as const

interface Props {
  /** Its fields are named by it. */
  name: string
  form: GoodsForm
  problems: Problems
  /** What is done with the lines of these goods. */
  note: string
  label?: string
  /** How all goods, and some of them, are called. */
  choiceWords?: Readonly<Record<GoodsForm['goods'], string>>
  /** False where it has to be some. */
  mayBeAll?: boolean
  onChange: (changes: Partial<GoodsForm>) => void
}

/** All goods, or which. */
export function GoodsFields({ name, form, problems, note, onChange, ...props }: Props) {
  const { label = words.goods, choiceWords = words.goodsOf, mayBeAll = true } = props
  return (
    <>
      {mayBeAll && (
        <ChoiceField
          label={label}
          choices={GOODS}
          chosen={form.goods}
          wordsOf={(one) => choiceWords[one]}
          onChoose={(goods) => {
            onChange({ goods })
          }}
        />
      )}
      {(form.goods === 'some' || !mayBeAll) && (
        <div className="form" role="group" aria-label={choiceWords.some}>
          <p className="note">{note}</p>
          <RuleField
            name={fieldOf(name, 'goodsName')}
            label={words.goodsName}
            hint={words.goodsNameHint(count(GOODS_NAME_MAX))}
            problems={problems}
            value={form.goodsName}
            onChange={(goodsName) => {
              onChange({ goodsName })
            }}
          />
          {GOODS_LISTS.map((list) => (
            <RuleField
              key={list}
              name={fieldOf(name, list)}
              label={words[list]}
              hint={words.goodsListHint}
              problems={problems}
              value={form[list]}
              onChange={(typed) => {
                onChange({ [list]: typed })
              }}
            />
          ))}
        </div>
      )}
    </>
  )
}
