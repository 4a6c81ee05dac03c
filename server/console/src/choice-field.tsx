import { Choices } from './choices.js'

interface Props<T extends string | number | null> {
  label: string
  hint?: string
  choices: readonly T[]
  chosen: T
  wordsOf: (choice: T) => string
  onChoose: (choice: T) => void
}

/** A few buttons of which one is pressed, as a field of a form. */
export function ChoiceField<T extends string | number | null>({ hint, ...props }: Props<T>) {
  return (
    <div className="field">
      <span aria-hidden="true">{props.label}</span>
      <Choices {...props} />
      {hint !== undefined && <div className="field-words">{hint}</div>}
    </div>
  )
}
