import type { Merge, Pair, PairDecided } from '@huike/shared/contracts/console-identity'
import { Alert, Button, Tag } from 'antd'
import { useEffect, useState } from 'react'
import { clockTime, count } from '../format.js'
import { memberStrings } from '../members/strings.js'
import { useStores } from '../members/use-stores.js'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { hrefOf, go } from '../router.js'
import { useSession } from '../session.js'
import { Failure, Trouble } from '../trouble.js'
import type { Pages } from '../use-query.js'
import { InShort } from './in-short.js'
import { CHOICE_DEFAULT, MergeForm, orderOf, sidesOf, type Choice } from './merge-form.js'
import { Score } from './score.js'
import { Sides } from './sides.js'
import { pairStrings, reviewStrings as words } from './strings.js'
import { useKeys } from './use-keys.js'
import { usePreview } from './use-preview.js'
import { useQueue, type Queue } from './use-queue.js'
import './duplicates.css'

const BACK = { href: hrefOf('/duplicates'), words: words.back }

/** What was decided last: what is said of it, and how it is taken back. */
type Decided = { pair: Pair; merge: Merge | null }

/** The pairs to decide, one after the other: evidence side by side, and one key to decide. */
export default function ReviewPage() {
  const queue = useQueue()
  const [decided, setDecided] = useState<Decided | null>(null)
  const { list, pair, single, at } = queue
  const read = count(list.items?.length ?? 0)
  return (
    <PageFrame
      title={words.title}
      back={BACK}
      note={at >= 0 ? <span role="status">{words.place(at + 1, read)}</span> : undefined}
    >
      {decided !== null && (
        <Said
          key={decided.pair.id}
          decided={decided}
          onReopened={(reopened) => {
            setDecided(null)
            list.change((all) => [reopened, ...all])
            queue.show(reopened)
          }}
        />
      )}
      {queue.isOutside && <Trouble query={single} />}
      {pair === null && !queue.isOutside && <Waits list={list} />}
      {pair !== null && (
        <Review
          key={pair.id}
          pair={pair}
          queue={queue}
          onDecided={(merge) => {
            setDecided({ pair, merge })
            queue.settle(pair)
          }}
        />
      )}
    </PageFrame>
  )
}

/** No pair yet, or none any more. */
function Waits({ list }: { list: Pages<Pair> }) {
  // Nothing is left of this page, but there is another.
  const read = list.hasMore ? { ...list, items: null } : list
  return <PagesEnd list={read} empty={words.allDone} skeletonRows={8} />
}

/** What was decided last, with the way back. */
function Said({ decided, onReopened }: { decided: Decided; onReopened: (pair: Pair) => void }) {
  const { api, may } = useSession()
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const { pair, merge } = decided
  const takeBack = async () => {
    if (merge !== null) {
      go(`/duplicates/merges/${merge.id}`)
      return
    }
    setIsBusy(true)
    const answer = await api.post<Pair>(`/identity/pairs/${pair.id}/reopen`)
    setIsBusy(false)
    setProblem(answer.ok ? null : answer.sentence)
    if (answer.ok) onReopened(answer.value)
  }
  useKeys({ u: () => void takeBack() }, pair.id)
  const [one = '', other = ''] = pair.sides.map(nameOf)
  const stays = pair.sides.find(({ memberId }) => memberId === merge?.survivor.memberId)
  const goes = pair.sides.find(({ memberId }) => memberId === merge?.absorbed.memberId)
  const title =
    stays === undefined || goes === undefined
      ? words.rejected(one, other)
      : words.merged(nameOf(goes), nameOf(stays))
  return (
    <>
      <Alert
        type="success"
        role="status"
        showIcon
        title={
          <span className="d-said">
            <span className="d-said-words">{title}</span>
            {merge !== null && may('members.view') && (
              <Button href={hrefOf(`/members/${merge.survivor.memberId}`)}>
                {words.showMember}
              </Button>
            )}
            <Button loading={isBusy} onClick={() => void takeBack()}>
              {merge === null ? words.reopen : words.undoMerge}
              {words.key('U')}
            </Button>
          </span>
        }
      />
      {problem !== null && <Failure sentence={problem} />}
    </>
  )
}

interface ReviewProps {
  pair: Pair
  queue: Queue
  onDecided: (merge: Merge | null) => void
}

function Review({ pair, queue, onDecided }: ReviewProps) {
  const { api, may } = useSession()
  const stores = useStores()
  const [choice, setChoice] = useState<Choice>(CHOICE_DEFAULT)
  const [busy, setBusy] = useState<'merge' | 'reject' | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const sides = sidesOf(pair)
  const [stays, goes] = orderOf(sides, choice)
  const isOpen = pair.state === 'open'
  const { moveHistory } = choice
  const ask = { survivorId: stays.memberId, absorbedId: goes.memberId, moveHistory }
  const preview = usePreview(isOpen ? ask : null)
  const mayDecide = may('identity.merge') && isOpen
  const canMerge = mayDecide && preview.changes !== null && busy === null
  const decide = async (verdict: 'merge' | 'reject') => {
    setBusy(verdict)
    const body =
      verdict === 'reject' ? { verdict } : { verdict, survivorId: ask.survivorId, moveHistory }
    const answer = await api.post<PairDecided>(`/identity/pairs/${pair.id}/decide`, body)
    setBusy(null)
    setProblem(answer.ok ? null : answer.sentence)
    if (answer.ok) onDecided(answer.value.merge)
  }
  const act = {
    merge: () => {
      if (canMerge) void decide('merge')
    },
    reject: () => {
      if (mayDecide && busy === null) void decide('reject')
    },
    swap: () => {
      if (mayDecide) setChoice({ ...choice, isSwapped: !choice.isSwapped })
    },
    next: () => {
      if (queue.next !== null) queue.show(queue.next)
    },
    previous: () => {
      if (queue.previous !== null) queue.show(queue.previous)
    },
  }
  useEffect(() => {
    window.scrollTo(0, 0)
  }, [])
  useKeys(
    { m: act.merge, n: act.reject, x: act.swap, s: act.next, j: act.next, k: act.previous },
    pair.id,
  )
  return (
    <div className="sections d-review">
      <Evidence pair={pair} />
      {isOpen ? (
        <MergeForm
          {...{ sides, choice, preview, mayMerge: mayDecide, timeZone: stores.timeZone }}
          reasons={pair.reasons}
          onChange={setChoice}
        />
      ) : (
        <Settled pair={pair} timeZone={stores.timeZone} />
      )}
      <div className="d-bar" role="group" aria-label={words.verdictLabel}>
        {problem !== null && <Failure sentence={problem} />}
        {mayDecide && preview.changes !== null && <InShort changes={preview.changes} />}
        {mayDecide && (
          <>
            <Button
              type="primary"
              disabled={!canMerge}
              loading={busy === 'merge'}
              onClick={act.merge}
            >
              {words.merge}
              <Key name="M" />
            </Button>
            <Button disabled={busy !== null} loading={busy === 'reject'} onClick={act.reject}>
              {words.reject}
              <Key name="N" />
            </Button>
          </>
        )}
        <Button disabled={queue.next === null} onClick={act.next}>
          {words.next}
          <Key name="J" />
        </Button>
        <Button disabled={queue.previous === null} onClick={act.previous}>
          {words.previous}
          <Key name="K" />
        </Button>
        {mayDecide && <p className="note d-keys">{words.keys}</p>}
      </div>
    </div>
  )
}

function Key({ name }: { name: string }) {
  return <kbd className="d-key">{name}</kbd>
}

/** How sure the search is, and why. */
function Evidence({ pair }: { pair: Pair }) {
  return (
    <section className="tile" aria-labelledby="pair-evidence">
      <div className="section-head">
        <h2 id="pair-evidence">{words.evidence}</h2>
        <Score pair={pair} />
      </div>
      {pair.reasons.length === 0 && <p className="note">{words.noEvidence}</p>}
      <p className="d-reasons">
        {pair.reasons.map((reason) => (
          <Tag key={reason.field}>{reason.words}</Tag>
        ))}
      </p>
    </section>
  )
}

/** A pair that was decided: what was said, and the two as they are now. */
function Settled({ pair, timeZone }: { pair: Pair; timeZone: string }) {
  const isMerged = pair.state === 'merged'
  return (
    <section className="tile">
      <p>
        {isMerged ? words.wasMerged : words.wasRejected}
        {isMerged && <a href={hrefOf('/duplicates/merges')}>{words.toMerges}</a>}
      </p>
      {pair.decidedAtMs !== null && (
        <p className="note">
          {pairStrings.decided(pair.decidedByName, clockTime(pair.decidedAtMs, timeZone))}
        </p>
      )}
      <Sides
        sides={sidesOf(pair)}
        heads={[words.first, words.second]}
        reasons={pair.reasons}
        timeZone={timeZone}
        nowMs={Date.now()}
      />
    </section>
  )
}

function nameOf({ nameMasked, memberNo }: Pair['sides'][number]): string {
  return `${nameMasked ?? memberStrings.unnamed}（${memberNo}）`
}
