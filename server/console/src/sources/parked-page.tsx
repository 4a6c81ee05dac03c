import type {
  ParkedItem,
  ParkedPage as Page,
  ParkedQuery,
  ParkedResolved,
} from '@huike/shared/contracts/console'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { withQuery } from '../api.js'
import { Choices } from '../choices.js'
import { clockTime, money } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { usePages } from '../use-query.js'
import { parkedStrings as words } from './strings.js'

type State = ParkedQuery['state']
const STATES: readonly State[] = ['waiting', 'resolved']

/** What tills sent and nobody could take: why, what it says, and a way to be done with it. */
export default function ParkedPage() {
  const [state, setState] = useState<State>('waiting')
  const list = usePages(withQuery('/parked', { state }), itemsOf)
  return (
    <PageFrame title={words.title} note={words.note}>
      <Choices
        label={words.choices}
        choices={STATES}
        chosen={state}
        wordsOf={(one) => words.state(one)}
        onChoose={setState}
      />
      <ul className="rows">
        {list.items?.map((item) => (
          <Item
            key={item.eventId}
            item={item}
            onSettled={() => {
              list.change((items) => items.filter(({ eventId }) => eventId !== item.eventId))
            }}
          />
        ))}
      </ul>
      <PagesEnd list={list} empty={words.empty(state)} skeletonRows={4} />
    </PageFrame>
  )
}

function itemsOf(page: Page): readonly ParkedItem[] {
  return page.items
}

interface ItemProps {
  item: ParkedItem
  onSettled: () => void
}

function Item({ item, onSettled }: ItemProps) {
  const { api, may } = useSession()
  const [isAsking, setIsAsking] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const { storeName, terminalCode, timeZone, receiptNo, totalFen, phoneMasked, resolution } = item
  const at = (atMs: number) => clockTime(atMs, timeZone)
  const settle = async () => {
    setIsBusy(true)
    const answer = await api.post<ParkedResolved>(`/parked/${item.eventId}/resolve`)
    setIsBusy(false)
    if (answer.ok) onSettled()
    else setProblem(answer.sentence)
  }
  return (
    <li className="row parked">
      <strong>{item.sentence}</strong>
      <span className="parked-facts">
        {words.what(item.type, item.kind)}
        {receiptNo !== null && <span>{words.receiptNo(receiptNo)}</span>}
        {totalFen !== null && <span>{money(totalFen)}</span>}
        {phoneMasked !== null && <span>{phoneMasked}</span>}
      </span>
      <span className="note row-note">
        {storeName} {terminalCode} · {at(item.occurredAtMs ?? item.receivedAtMs)}
        {resolution !== null && ` · ${words.settled(resolution.by, at(resolution.atMs))}`}
      </span>
      {resolution === null && may('parked.settle') && !isAsking && (
        <Button
          onClick={() => {
            setIsAsking(true)
          }}
        >
          {words.settle}
        </Button>
      )}
      {isAsking && (
        <div className="ask" role="group" aria-label={words.settle}>
          <p>{words.promise}</p>
          {problem !== null && <Alert type="error" title={problem} role="alert" />}
          <Button type="primary" loading={isBusy} onClick={() => void settle()}>
            {words.confirm}
          </Button>
          <Button
            disabled={isBusy}
            onClick={() => {
              setIsAsking(false)
              setProblem(null)
            }}
          >
            {strings.cancel}
          </Button>
        </div>
      )}
    </li>
  )
}
