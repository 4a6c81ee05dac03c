import type { Merge } from '@huike/shared/contracts/console-identity'
import type { MemberFile } from '@huike/shared/contracts/console-members'
import { Button } from 'antd'
import { useRef, useState } from 'react'
import { useStores } from '../members/use-stores.js'
import { PageFrame } from '../page-frame.js'
import { randomKey } from '../random-key.js'
import { go, hrefOf, usePlace } from '../router.js'
import { Failure, Trouble } from '../trouble.js'
import { useSession } from '../session.js'
import { useQuery } from '../use-query.js'
import { InShort } from './in-short.js'
import { CHOICE_DEFAULT, MergeForm, orderOf, type Choice } from './merge-form.js'
import { byHandStrings as words, reviewStrings } from './strings.js'
import { usePreview } from './use-preview.js'
import './duplicates.css'

/** Two members whom somebody chose: what merging them would change, then merging them. */
export default function ByHandPage() {
  const { query } = usePlace()
  const [oneId, otherId] = [query.get('one') ?? '', query.get('other') ?? '']
  const one = useQuery<MemberFile>(`/members/${encodeURIComponent(oneId)}`)
  const other = useQuery<MemberFile>(`/members/${encodeURIComponent(otherId)}`)
  return (
    <PageFrame
      title={words.reviewTitle}
      back={{ href: hrefOf(`/duplicates/members/${oneId}`), words: words.back }}
    >
      <Trouble query={one} rows={4} />
      <Trouble query={other} rows={4} />
      {one.value !== null && other.value !== null && (
        <MergeTwo one={one.value} other={other.value} />
      )}
    </PageFrame>
  )
}

function MergeTwo({ one, other }: { one: MemberFile; other: MemberFile }) {
  const { api } = useSession()
  const stores = useStores()
  const [choice, setChoice] = useState<Choice>(CHOICE_DEFAULT)
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const sides = [one, other] as const
  const [stays, goes] = orderOf(sides, choice)
  const isOne = one.memberId === other.memberId
  const ask = {
    ...{ survivorId: stays.memberId, absorbedId: goes.memberId },
    moveHistory: choice.moveHistory,
  }
  const preview = usePreview(isOne ? null : ask)
  // The same choice pressed twice is one merge; another choice is another.
  const keys = useRef(new Map<string, string>())
  const merge = async () => {
    setIsBusy(true)
    const input = JSON.stringify(ask)
    const key = keys.current.get(input) ?? randomKey()
    keys.current.set(input, key)
    const answer = await api.post<Merge>('/merges', ask, { 'idempotency-key': key })
    setIsBusy(false)
    if (answer.ok) go(`/duplicates/merges/${answer.value.id}`)
    else setProblem(answer.sentence)
  }
  if (isOne) return <Failure sentence={words.twice} />
  return (
    <div className="sections d-review">
      <MergeForm
        {...{ sides, choice, preview, mayMerge: true, timeZone: stores.timeZone }}
        reasons={[]}
        onChange={setChoice}
      />
      <div className="d-bar" role="group" aria-label={reviewStrings.verdictLabel}>
        {problem !== null && <Failure sentence={problem} />}
        {preview.changes !== null && <InShort changes={preview.changes} />}
        <Button
          type="primary"
          disabled={preview.changes === null || isBusy}
          loading={isBusy}
          onClick={() => void merge()}
        >
          {words.confirm}
        </Button>
      </div>
    </div>
  )
}
