import { Alert, Button, Skeleton } from 'antd'
import { strings } from './strings.js'
import type { Polled } from './use-polled.js'

/** What stands in for an answer that is not there yet, or above one that is no longer fresh. */
export function Trouble({ polled }: { polled: Polled<unknown> }) {
  const { value, problem, refresh } = polled
  if (problem === null) return value === null && <Skeleton active paragraph={{ rows: 8 }} />
  return (
    <Alert
      type={value === null ? 'error' : 'warning'}
      title={value === null ? problem : strings.failure.stale(problem)}
      action={<Button onClick={refresh}>{strings.failure.retry}</Button>}
    />
  )
}
