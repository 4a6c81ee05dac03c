import { View } from '@tarojs/components'
import type { ReactNode } from 'react'
import type { PagedState } from '../data/paged-remote.js'
import { press, spoken } from '../platform/press.js'
import { texts } from '../texts.js'

interface RowProps {
  /** What a screen reader says for the whole row. */
  readonly label: string
  readonly main: ReactNode
  readonly figure: ReactNode
  /** Present when the row leads somewhere. */
  readonly onPress?: (() => void) | undefined
}

/** One line of a list: words on the left, a figure on the right. */
export function Row({ label, main, figure, onPress }: RowProps) {
  // Taro turns ariaRole into a browser's role only where it is written as an attribute.
  return (
    <View
      className={`hk-row${onPress ? ' hk-row--leads' : ''}`}
      ariaRole={onPress ? 'button' : 'group'}
      {...spoken(label)}
      {...(onPress ? press(onPress) : {})}
    >
      <View className="hk-row__main">{main}</View>
      <View className="hk-row__figure">{figure}</View>
    </View>
  )
}

/** The end of a paged list: more is coming, failed to come, or there is none. */
export function ListEnd<P extends { readonly nextCursor: string | null }>(props: {
  readonly state: PagedState<P>
  readonly onMore: () => void
}) {
  const { state, onMore } = props
  const hasMore = state.kept !== null && state.kept.value.nextCursor !== null
  if (state.moreFailure !== null)
    return (
      <View className="hk-list-end hk-list-end--retry" ariaRole="button" {...press(onMore)}>
        {texts.moreFailed}
      </View>
    )
  return <View className="hk-list-end">{hasMore ? texts.loadingMore : texts.noMore}</View>
}
