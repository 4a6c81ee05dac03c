import { useId, type ReactNode } from 'react'

interface ControlProps {
  id: string
  'aria-describedby': string
  'aria-invalid': boolean
  status: 'error' | ''
}

interface Props {
  /** Of the control, where something outside of the field has to find it. */
  id?: string
  label: string
  /** Stands at the end of the label's line, such as a counter. */
  end?: ReactNode
  hint?: ReactNode
  /** What is wrong with what was entered; null or undefined when nothing is. */
  problem?: string | null | undefined
  /** Gets what ties the control to its label and to the words below it. */
  children: (control: ControlProps) => ReactNode
}

/** A label, its control, and the words below it: what is wrong, else the hint. */
export function Field({ id, label, end, hint, problem = null, children }: Props) {
  const ownId = useId()
  const controlId = id ?? ownId
  const wordsId = `${controlId}-words`
  const isWrong = problem !== null
  return (
    <div className="field">
      <div className="field-label">
        <label htmlFor={controlId}>{label}</label>
        {end}
      </div>
      {children({
        id: controlId,
        'aria-describedby': wordsId,
        'aria-invalid': isWrong,
        status: isWrong ? 'error' : '',
      })}
      <div id={wordsId} className={isWrong ? 'field-words bad' : 'field-words'} role="status">
        {problem ?? hint}
      </div>
    </div>
  )
}
