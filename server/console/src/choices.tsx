import { Button } from 'antd'

interface Props<T extends string | number | null> {
  label: string
  choices: readonly T[]
  chosen: T
  wordsOf: (choice: T) => string
  onChoose: (choice: T) => void
}

/** A few buttons of which one is pressed. */
export function Choices<T extends string | number | null>(props: Props<T>) {
  const { label, choices, chosen, wordsOf, onChoose } = props
  return (
    <div className="choices" role="group" aria-label={label}>
      {choices.map((one) => (
        <Button
          key={one}
          type={one === chosen ? 'primary' : 'default'}
          aria-pressed={one === chosen}
          onClick={() => {
            onChoose(one)
          }}
        >
          {wordsOf(one)}
        </Button>
      ))}
    </div>
  )
}
