import { View } from '@tarojs/components'
import { press } from '../platform/press.js'

/** One of a few, side by side; the chosen one decides what is listed below. */
export function Segments<Choice extends string>(props: {
  readonly label: string
  readonly choices: readonly { readonly value: Choice; readonly title: string }[]
  readonly chosen: Choice
  readonly onChoose: (choice: Choice) => void
}) {
  return (
    <View className="hk-segments" ariaRole="tablist" ariaLabel={props.label}>
      {props.choices.map(({ value, title }) => (
        <View
          key={value}
          className={`hk-segment${value === props.chosen ? ' hk-segment--chosen' : ''}`}
          ariaRole="tab"
          ariaLabel={title}
          ariaSelected={value === props.chosen ? 'true' : 'false'}
          {...press(() => {
            props.onChoose(value)
          })}
        >
          {title}
        </View>
      ))}
    </View>
  )
}
