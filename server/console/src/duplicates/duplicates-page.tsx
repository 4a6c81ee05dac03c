import type { PairQuery } from '@huike/shared/contracts/console-identity'
import { Button } from 'antd'
import { useState } from 'react'
import { withQuery } from '../api.js'
import { Choices } from '../choices.js'
import { count } from '../format.js'
import { useStores } from '../members/use-stores.js'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { usePages } from '../use-query.js'
import { PairRows } from './pair-rows.js'
import { ScanPanel } from './scan-panel.js'
import { pairStrings as words } from './strings.js'
import { pairsOf, REVIEW_PATH } from './use-queue.js'
import './duplicates.css'

type State = PairQuery['state']
type Verdict = NonNullable<PairQuery['verdict']> | null

const STATES: readonly State[] = ['open', 'merged', 'rejected']
const VERDICTS: readonly Verdict[] = [null, 'merge', 'review']

/** The pairs that may be one person, the surest first, and those that were decided. */
export default function DuplicatesPage() {
  const { may } = useSession()
  const stores = useStores()
  const [state, setState] = useState<State>('open')
  const [verdict, setVerdict] = useState<Verdict>(null)
  const list = usePages(withQuery('/identity/pairs', { state, verdict }), pairsOf)
  const hasOpen = state === 'open' && list.items !== null && list.items.length > 0
  return (
    <PageFrame
      title={words.title}
      note={words.note}
      actions={
        <>
          <Button href={hrefOf('/duplicates/merges')}>{words.history}</Button>
          {may('identity.merge') && hasOpen && (
            <Button type="primary" href={hrefOf(withQuery(REVIEW_PATH, { verdict }))}>
              {words.begin}
            </Button>
          )}
        </>
      }
    >
      <ScanPanel onFinished={list.restart} />
      <div className="filters">
        <Choices
          label={words.states}
          choices={STATES}
          chosen={state}
          wordsOf={words.state}
          onChoose={setState}
        />
        <Choices
          label={words.verdicts}
          choices={VERDICTS}
          chosen={verdict}
          wordsOf={(one) => (one === null ? words.anyVerdict : words.verdict(one))}
          onChoose={setVerdict}
        />
      </div>
      <section aria-label={words.state(state)}>
        <PairRows pairs={list.items ?? []} timeZone={stores.timeZone} verdict={verdict} />
        <PagesEnd
          list={list}
          empty={words.empty(state, verdict !== null)}
          skeletonRows={6}
          shown={words.shown(count(list.items?.length ?? 0))}
        />
      </section>
    </PageFrame>
  )
}
