import type {
  AuditEntry,
  AuditFilter,
  AuditPage as Page,
} from '@huike/shared/contracts/console-audit'
import { auditActionWords } from '@huike/shared/audit-actions'
import { Button } from 'antd'
import { useState } from 'react'
import { withQuery } from '../api.js'
import { dateTime } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { replacePlace, usePlace } from '../router.js'
import { usePages } from '../use-query.js'
import { AuditExports } from './audit-exports.js'
import { AuditFilters } from './audit-filters.js'
import { auditStrings as words } from './strings.js'
import './audit.css'

const PATH = '/audit'
const PAGE_ROWS = 50
const FILTERS = ['staffId', 'action', 'from', 'to', 'subjectId'] as const
const entriesOf = (page: Page) => page.entries

/** What staff did, newest first. */
export default function AuditPage() {
  const { query } = usePlace()
  const [isExporting, setIsExporting] = useState(false)
  const filter = Object.fromEntries(
    FILTERS.flatMap((name) => (query.get(name) ? [[name, query.get(name)]] : [])),
  ) as AuditFilter
  const change = (next: AuditFilter) => {
    replacePlace(withQuery(PATH, next))
  }
  const isUpsideDown =
    filter.from !== undefined && filter.to !== undefined && filter.from > filter.to
  const list = usePages(
    isUpsideDown ? null : withQuery(PATH, { ...filter, limit: PAGE_ROWS }),
    entriesOf,
  )
  return (
    <PageFrame
      title={words.title}
      note={words.note}
      actions={
        <Button
          aria-expanded={isExporting}
          onClick={() => {
            setIsExporting(!isExporting)
          }}
        >
          {words.exports.title}
        </Button>
      }
    >
      <AuditFilters filter={filter} onChange={change} />
      {isUpsideDown && (
        <p className="bad" role="alert">
          {words.wrongDays}
        </p>
      )}
      {isExporting && <AuditExports filter={filter} />}
      <section aria-label={words.title}>
        <ul className="rows">
          {list.items?.map((entry) => (
            <Entry
              key={entry.id}
              entry={entry}
              onSubject={(subjectId) => {
                change({ ...filter, subjectId })
              }}
            />
          ))}
        </ul>
        {!isUpsideDown && <PagesEnd list={list} empty={words.empty} skeletonRows={8} />}
      </section>
    </PageFrame>
  )
}

interface EntryProps {
  entry: AuditEntry
  onSubject: (subjectId: string) => void
}

function Entry({ entry, onSubject }: EntryProps) {
  const { atMs, staffName, action, subjectId, subjectName, detail, addressMasked } = entry
  const subject = subjectName ?? subjectId
  return (
    <li className="row audit">
      <span className="note audit-when">{dateTime(atMs)}</span>
      <span className="audit-what">
        <span>
          <strong>{staffName ?? words.nobody}</strong> {auditActionWords(action)}
        </span>
        {detail !== null && <span className="note">{detail}</span>}
        {subject !== null && subjectId !== null && (
          <Button
            type="text"
            className="audit-subject"
            title={words.subjectOf(subject)}
            onClick={() => {
              onSubject(subjectId)
            }}
          >
            {words.subject(subject)}
          </Button>
        )}
      </span>
      <span className="note audit-where">{addressMasked}</span>
    </li>
  )
}
