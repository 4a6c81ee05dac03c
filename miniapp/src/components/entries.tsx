import { View } from '@tarojs/components'
import { press, spoken } from '../platform/press.js'
import { texts } from '../texts.js'

interface EntryProps {
  readonly title: string
  /** What there is now, in words; empty for nothing to say. */
  readonly state?: string
  /** Something new waits there: its number. */
  readonly unread?: string | null
  /** Something to be fetched waits there, in words. */
  readonly waiting?: string | null
  /** Absent when there is no place to go yet. */
  readonly onPress?: (() => void) | undefined
}

/** A line that leads to a place, with a word on what waits there. */
export function Entry(props: EntryProps) {
  const { title, state = '', unread = null, waiting = null, onPress } = props
  const words = waiting ?? (unread === null ? state : texts.inboxUnread(unread))
  const badge = waiting ?? unread
  return (
    <View
      className={`hk-entry${onPress ? ' hk-entry--leads' : ''}`}
      ariaRole={onPress ? 'button' : 'group'}
      {...spoken(`${title} ${words}`.trim())}
      {...(onPress ? press(onPress) : {})}
    >
      <View className="hk-entry__title">{title}</View>
      {badge === null ? (
        <View className="hk-entry__state">{state}</View>
      ) : (
        <View className="hk-badge">{badge}</View>
      )}
    </View>
  )
}
