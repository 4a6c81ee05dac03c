import { View } from '@tarojs/components'
import type { ReactNode } from 'react'
import type { Failure } from '../api/result.js'
import type { RemoteState } from '../data/remote.js'
import { formatStoreTime } from '../format.js'
import { press } from '../platform/press.js'
import { texts } from '../texts.js'
import { PrimaryButton } from './buttons.js'

interface RemoteViewProps<T> {
  readonly state: RemoteState<T>
  readonly onRetry: () => void
  readonly skeleton: ReactNode
  readonly children: (value: T) => ReactNode
}

/**
 * The four states of anything that comes from the server: first load as a skeleton, failed or
 * offline with a way to retry, and the content, with a word on its age when it is not fresh.
 */
export function RemoteView<T>({ state, onRetry, skeleton, children }: RemoteViewProps<T>) {
  const { kept, failure } = state
  if (kept === null)
    return failure === null ? (
      <>{skeleton}</>
    ) : (
      <FailureNotice failure={failure} onRetry={onRetry} />
    )
  return (
    <>
      {failure !== null && <StaleBar failure={failure} atMs={kept.atMs} onRetry={onRetry} />}
      {children(kept.value)}
    </>
  )
}

/** Nothing could be shown, why, and what to do. */
export function FailureNotice({ failure, onRetry }: { failure: Failure; onRetry: () => void }) {
  const isOffline = failure.code === 'offline'
  return (
    <View className="hk-notice" ariaRole="alert">
      <View className="hk-notice__title">{isOffline ? texts.offlineTitle : texts.failedTitle}</View>
      <View className="hk-notice__sentence">{failure.sentence}</View>
      <PrimaryButton label={texts.retry} onPress={onRetry} />
    </View>
  )
}

/** There is nothing yet, and how something gets here. */
export function EmptyNotice({ title, sentence }: { title: string; sentence: string }) {
  return (
    <View className="hk-notice">
      <View className="hk-notice__title">{title}</View>
      <View className="hk-notice__sentence">{sentence}</View>
    </View>
  )
}

function StaleBar(props: { failure: Failure; atMs: number; onRetry: () => void }) {
  const time = formatStoreTime(props.atMs)
  const isOffline = props.failure.code === 'offline'
  return (
    <View className="hk-stale" ariaRole="alert" ariaLive="polite">
      <View className="hk-stale__sentence">
        {isOffline ? texts.staleOffline(time) : texts.staleFailed(time)}
      </View>
      <View className="hk-stale__retry" ariaRole="button" {...press(props.onRetry)}>
        {texts.retry}
      </View>
    </View>
  )
}

/** Grey rows in the place of content that is on its way for the first time. */
export function SkeletonRows({ rows }: { rows: number }) {
  return (
    <View className="hk-card" ariaLabel={texts.loading}>
      {Array.from({ length: rows }, (_, i) => (
        <View key={i} className="hk-row">
          <View className="hk-row__main">
            <View className="hk-bone hk-bone--title" />
            <View className="hk-bone hk-bone--line" />
          </View>
          <View className="hk-bone hk-bone--figure" />
        </View>
      ))}
    </View>
  )
}
