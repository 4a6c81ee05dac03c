import { View } from '@tarojs/components'
import { press, spoken } from '../platform/press.js'
import { texts } from '../texts.js'

interface EntryProps {
  readonly title: string
  /** What there is now, in words; empty for nothing to say. */
  readonly state?: string
  /** Something new waits there: its number. */
  readonly unread?: string | null
  /** Absent when there is no place to go yet. */
  readonly onPress?: (() => void) | undefined
}

/** A line that leads to a place, with a word on what waits there. */
export function Entry({ title, state = '', unread = null, onPress }: EntryProps) {
  const words = unread === null ? state : texts.inboxUnread(unread)
  return (
    <View
      className={`hk-entry${onPress ? ' hk-entry--leads' : ''}`}
      ariaRole={onPress ? 'button' : 'group'}
      {...spoken(`${title} ${words}`.trim())}
      {...(onPress ? press(onPress) : {})}
    >
      <View className="hk-entry__title">{title}</View>
      {unread === null ? (
        <View className="hk-entry__state">{state}</View>
      ) : (
        <View className="hk-badge">{unread}</View>
      )}
    </View>
  )
}
