import type { ConsentPage, ConsentQuery } from '@huike/shared/contracts/rights'
import { consentWayWords } from '@huike/shared/purposes'
import { Button, Tag } from 'antd'
import { withQuery } from '../api.js'
import { dateTime } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { hrefOf, replacePlace, usePlace } from '../router.js'
import { useSession } from '../session.js'
import { usePages } from '../use-query.js'
import { ConsentCounts } from './consent-counts.js'
import { ConsentFilters, type ConsentFilter } from './consent-filters.js'
import { ConsentTexts } from './consent-texts.js'
import { CONSENTS_PATH, RightsTabs } from './rights-tabs.js'
import { consentStrings as words } from './strings.js'
import './rights.css'

const PATH = '/consents'
const PAGE_ROWS = 50
const FILTERS = ['purpose', 'from', 'to', 'memberId'] as const satisfies (keyof ConsentQuery)[]
const LATE_MS = 60_000
const consentsOf = (page: ConsentPage) => page.consents

type Fact = ConsentPage['consents'][number]
const COLOURS: Readonly<Record<Fact['state'], string | undefined>> = {
  noticed: undefined,
  granted: 'success',
  withdrawn: 'warning',
}

/** Who was told, agreed and withdrew, newest first. */
export default function ConsentsPage() {
  const { query } = usePlace()
  const filter = Object.fromEntries(
    FILTERS.flatMap((name) => (query.get(name) ? [[name, query.get(name)]] : [])),
  ) as ConsentFilter
  const change = (next: ConsentFilter) => {
    replacePlace(withQuery(CONSENTS_PATH, next))
  }
  const isUpsideDown =
    filter.from !== undefined && filter.to !== undefined && filter.from > filter.to
  const list = usePages(
    isUpsideDown ? null : withQuery(PATH, { ...filter, limit: PAGE_ROWS }),
    consentsOf,
  )
  return (
    <PageFrame title={words.title} note={words.note}>
      <RightsTabs />
      <ConsentFilters filter={filter} onChange={change} />
      {isUpsideDown && (
        <p className="bad" role="alert">
          {words.wrongDays}
        </p>
      )}
      {filter.memberId === undefined && !isUpsideDown && <ConsentCounts filter={filter} />}
      <section aria-label={words.title}>
        <ul className="rows">
          {list.items?.map((fact) => (
            <FactRow
              key={fact.id}
              fact={fact}
              onMember={
                filter.memberId === undefined
                  ? () => {
                      change({ ...filter, memberId: fact.memberId })
                    }
                  : null
              }
            />
          ))}
        </ul>
        {!isUpsideDown && <PagesEnd list={list} empty={words.empty} skeletonRows={8} />}
      </section>
      <ConsentTexts />
    </PageFrame>
  )
}

interface FactProps {
  fact: Fact
  /** Shows this member's alone; null where that is shown already. */
  onMember: (() => void) | null
}

function FactRow({ fact, onMember }: FactProps) {
  const { may } = useSession()
  const { memberId, memberNo, phoneMasked, state, occurredAtMs, recordedAtMs } = fact
  const isLate = recordedAtMs - occurredAtMs > LATE_MS
  return (
    <li className="row consent">
      <span className="rights-cell note">
        <span>{dateTime(occurredAtMs)}</span>
        {isLate && <span>{words.late(dateTime(recordedAtMs))}</span>}
      </span>
      <span className="rights-cell">
        <span>
          <Tag {...(COLOURS[state] === undefined ? {} : { color: COLOURS[state] })}>
            {words.said(state)}
          </Tag>
          <strong>{fact.purposeTitle}</strong>
        </span>
        <span className="note" title={words.hash(fact.textSha256)}>
          {consentWayWords(fact.how)} · {words.version(fact.policyVersion)}
        </span>
      </span>
      <span className="rights-cell">
        {memberNo === null ? (
          <span className="note">{words.nobody}</span>
        ) : may('members.view') ? (
          <a href={hrefOf(`/members/${memberId}`)}>{memberNo}</a>
        ) : (
          <span>{memberNo}</span>
        )}
        {phoneMasked !== null && <span className="note">{phoneMasked}</span>}
        {onMember !== null && (
          <Button
            type="text"
            aria-label={words.onlyThisOf(memberNo ?? memberId)}
            onClick={onMember}
          >
            {words.onlyThis}
          </Button>
        )}
      </span>
    </li>
  )
}
