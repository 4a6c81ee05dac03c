import type { MemberFilter, MemberPage } from '@huike/shared/contracts/console-members'
import { Button } from 'antd'
import { useState } from 'react'
import { withQuery } from '../api.js'
import { count } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { replacePlace, usePlace } from '../router.js'
import { useSession } from '../session.js'
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
        <PagesEnd
          list={list}
          empty={isFiltered(filter) ? memberStrings.emptyFiltered : memberStrings.empty}
          skeletonRows={8}
          shown={memberStrings.shown(count(list.items?.length ?? 0))}
        />
      </section>
    </PageFrame>
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
