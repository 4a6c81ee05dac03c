import type { ReactNode } from 'react'

interface Props {
  /** Of the input. */
  id: string
  label: string
  /** Stands at the end of the label's line, such as a counter. */
  end?: ReactNode
  note?: string
  problem?: string | undefined
  children: ReactNode
}

/** An input with its label, and below it what is wrong with it. */
export function Field({ id, label, end, note, problem, children }: Props) {
  return (
    <div className="c-field">
      <div className="c-label">
        <label htmlFor={id}>{label}</label>
        {end}
      </div>
      {children}
      {note !== undefined && <p className="note">{note}</p>}
      <p id={`${id}-problem`} className="m-bad" role="status">
        {problem}
      </p>
    </div>
  )
}

/** What an input says of itself when something is wrong with it. */
export function inputState(id: string, problem: string | undefined) {
  return {
    id,
    'aria-invalid': problem !== undefined,
    'aria-describedby': `${id}-problem`,
    ...(problem === undefined ? {} : { status: 'error' as const }),
  }
}
