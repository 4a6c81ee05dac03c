import { Button, Empty, Skeleton } from 'antd'
import type { Ref } from 'react'
import { strings } from './strings.js'
import { Failure } from './trouble.js'
import type { Pages } from './use-query.js'

interface Props {
  list: Pages<unknown>
  /** Said where there is nothing in the list. */
  empty: string
  /** Lines drawn before the first page is there. */
  skeletonRows: number
  /** How much is shown. */
  shown?: string
  more?: string
  /** Said after the last page. */
  end?: string
  /** The element that stands after the last row. */
  place?: Ref<HTMLDivElement>
}

/** What follows the rows of a list: the next page, the end, or why there is neither. */
export function PagesEnd({ list, empty, skeletonRows, shown, place, ...words }: Props) {
  const { items, hasMore, problem, isLoading, more } = list
  if (problem !== null) return <Failure sentence={problem} onRetry={more} />
  if (items === null)
    return (
      <div aria-busy="true">
        <Skeleton active title={false} paragraph={{ rows: skeletonRows }} />
      </div>
    )
  if (items.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={empty} />
  const said = [shown, hasMore ? undefined : (words.end ?? strings.end)]
  return (
    <div ref={place} className="rest">
      <span className="note" role="status">
        {said.filter((one) => one !== undefined).join(' · ')}
      </span>
      {hasMore && (
        <Button loading={isLoading} onClick={more}>
          {words.more ?? strings.more}
        </Button>
      )}
    </div>
  )
}
