import type { DeletionPage, DeletionRow as Row } from '@huike/shared/contracts/rights'
import { withQuery } from '../api.js'
import { Choices } from '../choices.js'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { replacePlace, usePlace } from '../router.js'
import { usePages } from '../use-query.js'
import { CoolingOff } from './cooling-off.js'
import { DeletionRow } from './deletion-row.js'
import { DELETIONS_PATH, RightsTabs } from './rights-tabs.js'
import { deletionStrings as words } from './strings.js'
import './rights.css'

const PAGE_ROWS = 50
const STATES = ['waiting', 'erased', 'cancelled'] as const
const CHOICES = [...STATES, null] as const
/** In the address, for all of them: without a word there, those that wait are shown. */
const ALL = 'all'
const deletionsOf = (page: DeletionPage) => page.deletions

/** Members who asked to be forgotten: who waits, until when, and what became of the others. */
export default function DeletionsPage() {
  const { query } = usePlace()
  const asked = query.get('state')
  const state = asked === ALL ? null : (STATES.find((one) => one === asked) ?? 'waiting')
  const list = usePages(withQuery('/deletions', { state, limit: PAGE_ROWS }), deletionsOf)
  const replace = (changed: Row) => {
    list.change((rows) => rows.map((row) => (row.id === changed.id ? changed : row)))
  }
  return (
    <PageFrame title={words.title} note={words.note}>
      <RightsTabs />
      <CoolingOff />
      <section aria-label={words.title}>
        <Choices
          label={words.filter}
          choices={CHOICES}
          chosen={state}
          wordsOf={(one) => (one === null ? words.all : words.state(one))}
          onChoose={(one) => {
            replacePlace(withQuery(DELETIONS_PATH, { state: one ?? ALL }))
          }}
        />
        <ul className="rows">
          {list.items?.map((row) => (
            <DeletionRow key={row.id} row={row} onChanged={replace} />
          ))}
        </ul>
        <PagesEnd list={list} empty={words.empty} skeletonRows={5} />
      </section>
    </PageFrame>
  )
}
