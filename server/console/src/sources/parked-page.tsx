import type {
  ParkedItem,
  ParkedPage as Page,
  ParkedQuery,
  ParkedResolved,
} from '@huike/shared/contracts/console'
import { Alert, Button, Empty, Skeleton } from 'antd'
import { useState } from 'react'
import { withQuery } from '../api.js'
import { clockTime, money } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { Failure } from '../trouble.js'
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
      <div className="choices" role="group" aria-label={words.choices}>
        {STATES.map((one) => (
          <Button
            key={one}
            type={one === state ? 'primary' : 'default'}
            aria-pressed={one === state}
            onClick={() => {
              setState(one)
            }}
          >
            {words.state(one)}
          </Button>
        ))}
      </div>
      {list.problem !== null && <Failure sentence={list.problem} onRetry={list.more} />}
      {list.items === null && list.problem === null && (
        <div aria-busy="true">
          <Skeleton active title={false} paragraph={{ rows: 4 }} />
        </div>
      )}
      {list.items?.length === 0 && (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.empty(state)} />
      )}
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
      {list.hasMore && (
        <Button block loading={list.isLoading} onClick={list.more}>
          {strings.more}
        </Button>
      )}
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
