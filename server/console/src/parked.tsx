import type { ConsoleSources, ParkedItem, ParkedQuery } from '@huike/shared/contracts/console'
import { Alert, Button, Empty, Skeleton, Tag } from 'antd'
import { useCallback, useEffect, useState } from 'react'
import { getParked, isSignedOut, resolveParked } from './api.js'
import { clockTime, count, money } from './format.js'
import type { PageProps } from './shell.js'
import { strings } from './strings.js'

type State = ParkedQuery['state']
const STATES: readonly State[] = ['waiting', 'resolved']

interface Props extends PageProps {
  byCode: ConsoleSources['parked']
  /** Told after one was settled. */
  onSettled: () => void
}

/** What tills sent and nobody could take: why, what it says, and a way to be done with it. */
export function Parked({ session, onExpired, byCode, onSettled }: Props) {
  const [state, setState] = useState<State>('waiting')
  const list = useParked(session.accessToken, state, onExpired)
  const words = strings.parked
  return (
    <section aria-labelledby="parked">
      <h2 id="parked">{words.title}</h2>
      <div className="choices">
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
        {byCode.map(({ code, sentence, count: times }) => (
          <Tag key={code} color="warning">
            {words.ofCode(sentence, count(times))}
          </Tag>
        ))}
      </div>
      {list.problem !== null && (
        <Alert
          type="error"
          title={list.problem}
          action={<Button onClick={list.more}>{strings.failure.retry}</Button>}
        />
      )}
      {list.items === null
        ? list.problem === null && <Skeleton active paragraph={{ rows: 4 }} />
        : list.items.length === 0 && (
            <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.empty(state)} />
          )}
      <ul className="rows">
        {list.items?.map((item) => (
          <Item
            key={item.eventId}
            item={item}
            session={session}
            onExpired={onExpired}
            onSettled={() => {
              list.drop(item.eventId)
              onSettled()
            }}
          />
        ))}
      </ul>
      {list.hasMore && (
        <Button className="more" block loading={list.isBusy} onClick={list.more}>
          {words.more}
        </Button>
      )}
    </section>
  )
}

interface ItemProps extends PageProps {
  item: ParkedItem
  onSettled: () => void
}

function Item({ item, session, onExpired, onSettled }: ItemProps) {
  const words = strings.parked
  const [isAsking, setIsAsking] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const { storeName, terminalCode, timeZone, receiptNo, totalFen, phoneMasked, resolution } = item
  const at = (atMs: number) => clockTime(atMs, timeZone)
  const settle = async () => {
    setIsBusy(true)
    const answer = await resolveParked(session.accessToken, item.eventId)
    setIsBusy(false)
    if (isSignedOut(answer)) onExpired()
    else if (answer.ok) onSettled()
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
      {resolution === null && session.staff.role !== 'clerk' && !isAsking && (
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
            {words.cancel}
          </Button>
        </div>
      )}
    </li>
  )
}

interface Page {
  items: ParkedItem[]
  nextCursor: string | null
}

/** The list of one state, page after page. */
function useParked(accessToken: string, state: State, onExpired: () => void) {
  const [page, setPage] = useState<Page | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const load = useCallback(
    async (before: Page | null, isStale: () => boolean) => {
      setIsBusy(true)
      const answer = await getParked(accessToken, { state, cursor: before?.nextCursor ?? null })
      if (isStale()) return
      setIsBusy(false)
      if (isSignedOut(answer)) onExpired()
      else if (!answer.ok) setProblem(answer.sentence)
      else {
        setProblem(null)
        const { items, nextCursor } = answer.value
        setPage({ items: [...(before?.items ?? []), ...items], nextCursor })
      }
    },
    [accessToken, state, onExpired],
  )
  useEffect(() => {
    let isOver = false
    setPage(null)
    setProblem(null)
    void load(null, () => isOver)
    return () => {
      isOver = true
    }
  }, [load])
  return {
    items: page?.items ?? null,
    hasMore: page !== null && page.nextCursor !== null,
    problem,
    isBusy,
    more: () => void load(page, () => false),
    drop: (eventId: string) => {
      setPage(
        (now) => now && { ...now, items: now.items.filter((item) => item.eventId !== eventId) },
      )
    },
  }
}
