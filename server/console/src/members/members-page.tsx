import type { MemberFilter, MemberPage } from '@huike/shared/contracts/console-members'
import { Button, Empty, Skeleton } from 'antd'
import { useState } from 'react'
import { withQuery } from '../api.js'
import { count } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { replacePlace, usePlace } from '../router.js'
import { useSession } from '../session.js'
import { Failure } from '../trouble.js'
import { usePages } from '../use-query.js'
import { addressOfFilter, filterFromQuery, isFiltered, queryOfFilter } from './member-filter.js'
import { MemberExports } from './member-exports.js'
import { MemberFilters } from './member-filters.js'
import { MemberTable } from './member-table.js'
import { memberStrings } from './strings.js'
import { useStores } from './use-stores.js'
import './members.css'

const PAGE_ROWS = 50
const membersOf = (page: MemberPage) => page.members

/** Members, masked: finding one, choosing many, and taking a list along. */
export default function MembersPage() {
  const session = useSession()
  const stores = useStores()
  const [filter, setFilter] = useFilter()
  const [isExporting, setIsExporting] = useState(false)
  const path = `/members?${queryOfFilter(filter).toString()}`
  const list = usePages(withLimit(path), membersOf)
  const mayExport = session.may('members.export')
  return (
    <PageFrame
      title={memberStrings.title}
      actions={
        mayExport && (
          <Button
            aria-expanded={isExporting}
            onClick={() => {
              setIsExporting(!isExporting)
            }}
          >
            {memberStrings.exports.title}
          </Button>
        )
      }
    >
      {mayExport && isExporting && <MemberExports filter={filter} stores={stores} />}
      <MemberFilters filter={filter} stores={stores} onChange={setFilter} />
      <section aria-label={memberStrings.title}>
        {list.items !== null && list.items.length > 0 && (
          <MemberTable members={list.items} timeZone={stores.timeZone} nowMs={Date.now()} />
        )}
        {list.items?.length === 0 && (
          <Empty
            image={Empty.PRESENTED_IMAGE_SIMPLE}
            description={isFiltered(filter) ? memberStrings.emptyFiltered : memberStrings.empty}
          />
        )}
        <Rest list={list} />
      </section>
    </PageFrame>
  )
}

/** What follows the rows: the next page, the end, or why there is neither. */
function Rest({ list }: { list: ReturnType<typeof usePages<MemberPage, unknown>> }) {
  const { items, hasMore, problem, isLoading } = list
  if (problem !== null) return <Failure sentence={problem} onRetry={list.more} />
  if (items === null)
    return (
      <div aria-busy="true">
        <Skeleton active title={false} paragraph={{ rows: 8 }} />
      </div>
    )
  if (items.length === 0) return null
  return (
    <div className="m-rest">
      <span className="note" role="status">
        {memberStrings.shown(count(items.length))}
        {!hasMore && ` · ${memberStrings.end}`}
      </span>
      {hasMore && (
        <Button loading={isLoading} onClick={list.more}>
          {memberStrings.more}
        </Button>
      )}
    </div>
  )
}

/** The filter of the address, and a whole phone number beside it that never stands there. */
function useFilter(): [MemberFilter, (filter: MemberFilter) => void] {
  const { query } = usePlace()
  const [phone, setPhone] = useState<string | null>(null)
  const addressed = filterFromQuery(query)
  const filter = phone === null ? addressed : { ...addressed, search: phone }
  const change = (next: MemberFilter) => {
    const address = addressOfFilter(next)
    setPhone(next.search !== undefined && !address.has('search') ? next.search : null)
    replacePlace(withQuery('/members', Object.fromEntries(address)))
  }
  return [filter, change]
}

function withLimit(path: string): string {
  return `${path}${path.endsWith('?') ? '' : '&'}limit=${String(PAGE_ROWS)}`
}
