import type { ReactNode } from 'react'

interface ChoiceProps {
  label: string
  value: string
  onChoose: (value: string) => void
  children: ReactNode
}

/** The browser's own list: it is at home on a phone and under a keyboard. */
export function Choice({ label, value, onChoose, children }: ChoiceProps) {
  return (
    <label className="m-choice">
      <span>{label}</span>
      <select
        value={value}
        onChange={(event) => {
          onChoose(event.target.value)
        }}
      >
        {children}
      </select>
    </label>
  )
}
