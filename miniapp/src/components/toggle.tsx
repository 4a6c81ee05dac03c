import { View } from '@tarojs/components'
import { press } from '../platform/press.js'

/** A switch: its own, because the native one takes no colour of the theme and no label. */
export function Toggle(props: {
  readonly label: string
  readonly isOn: boolean
  readonly isBusy: boolean
  readonly onChange: (isOn: boolean) => void
}) {
  const { isOn, isBusy } = props
  return (
    <View
      className={`hk-toggle${isOn ? ' hk-toggle--on' : ''}${isBusy ? ' hk-toggle--busy' : ''}`}
      ariaRole="switch"
      ariaLabel={props.label}
      ariaChecked={isOn ? 'true' : 'false'}
      {...press(() => {
        if (!isBusy) props.onChange(!isOn)
      })}
    >
      <View className="hk-toggle__track">
        <View className="hk-toggle__thumb" />
      </View>
    </View>
  )
}
