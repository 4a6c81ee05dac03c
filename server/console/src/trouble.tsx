import { Alert, Button, Skeleton } from 'antd'
import { timeOfDay } from './format.js'
import { strings } from './strings.js'
import type { Query } from './use-query.js'

interface TroubleProps {
  query: Pick<Query<unknown>, 'value' | 'problem' | 'readAtMs' | 'isLoading' | 'refresh'>
  /** Lines of the skeleton. */
  rows?: number
}

/** What stands in for an answer that is not there yet, or above one that is no longer fresh. */
export function Trouble({ query, rows = 8 }: TroubleProps) {
  const { value, problem, readAtMs, isLoading, refresh } = query
  if (problem === null)
    return value === null && isLoading ? (
      <div aria-busy="true">
        <Skeleton active title={false} paragraph={{ rows }} />
      </div>
    ) : null
  return (
    <Failure
      sentence={value === null ? problem : strings.failure.stale(timeOfDay(readAtMs), problem)}
      isStale={value !== null}
      onRetry={refresh}
    />
  )
}

interface FailureProps {
  sentence: string
  /** Something is shown all the same, only older. */
  isStale?: boolean
  onRetry?: () => void
}

/** A sentence that says what went wrong, with a button to try again. */
export function Failure({ sentence, isStale = false, onRetry }: FailureProps) {
  return (
    <Alert
      type={isStale ? 'warning' : 'error'}
      title={sentence}
      showIcon
      role={isStale ? 'status' : 'alert'}
      action={onRetry !== undefined && <Button onClick={onRetry}>{strings.failure.retry}</Button>}
    />
  )
}
