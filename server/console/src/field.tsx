import { useId, type ReactNode } from 'react'

interface Props {
  label: string
  hint?: ReactNode
  /** What is wrong with what was entered, or null. */
  problem?: string | null
  /** Gets the ids that tie the control to its label and to the words below it. */
  children: (ids: { id: string; 'aria-describedby': string; 'aria-invalid': boolean }) => ReactNode
}

/** A label, its control, and the words below it: what is wrong, else the hint. */
export function Field({ label, hint, problem = null, children }: Props) {
  const id = useId()
  const wordsId = `${id}-words`
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': wordsId, 'aria-invalid': problem !== null })}
      <div id={wordsId} className={problem === null ? 'field-words' : 'field-words bad'}>
        {problem ?? hint}
      </div>
    </div>
  )
}
