import type { IdentityScan, IdentityScans } from '@huike/shared/contracts/console-identity'
import { Button, Progress } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { clockTime, count } from '../format.js'
import { useSession } from '../session.js'
import { Failure, Trouble } from '../trouble.js'
import { useWork } from '../use-work.js'
import { scanStrings as words } from './strings.js'

const NAMED_MAX = 3

/** The search over everybody: what the last one came to, how far one is, and asking for one. */
export function ScanPanel({ onFinished }: { onFinished: () => void }) {
  const { may } = useSession()
  const { query, isUnderWay } = useWork<IdentityScans>(
    '/identity/scans',
    ({ current }) => current !== null,
  )
  const { value } = query
  const current = value?.current ?? null
  useOnceOver(isUnderWay, onFinished)
  return (
    <section className="tile d-scan" aria-label={words.title}>
      <Trouble query={query} rows={1} />
      {value !== null && (
        <>
          <div className="d-scan-words" aria-live="polite">
            {current === null ? <Last scan={value.last} /> : <UnderWay scan={current} />}
          </div>
          {may('identity.merge') && current === null && <SearchNow onAsked={query.refresh} />}
        </>
      )}
    </section>
  )
}

/** Calls back when what was under way is over. */
function useOnceOver(isUnderWay: boolean, onOver: () => void): void {
  const was = useRef(false)
  useEffect(() => {
    if (was.current && !isUnderWay) onOver()
    was.current = isUnderWay
  }, [isUnderWay, onOver])
}

function SearchNow({ onAsked }: { onAsked: () => void }) {
  const { api } = useSession()
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const ask = async () => {
    setIsBusy(true)
    const answer = await api.post<IdentityScan>('/identity/scans')
    setIsBusy(false)
    setProblem(answer.ok ? null : answer.sentence)
    if (answer.ok) onAsked()
  }
  return (
    <div>
      <Button loading={isBusy} onClick={() => void ask()}>
        {words.searchNow}
      </Button>
      {problem !== null && <Failure sentence={problem} />}
    </div>
  )
}

function Last({ scan }: { scan: IdentityScan | null }) {
  if (scan === null) return <p>{words.never}</p>
  const at = clockTime(scan.finishedAtMs ?? scan.createdAtMs)
  if (scan.report === null) return <p className="warn">{words.failed(at)}</p>
  const { members, merges, reviews, fresh, unreadable } = scan.report
  const named = unreadable.memberIds.slice(0, NAMED_MAX).join('、')
  return (
    <>
      <p>{words.last(at, count(members))}</p>
      <p className="note">{words.came(count(merges), count(reviews), count(fresh))}</p>
      {unreadable.members > 0 && (
        <p className="warn">{words.unreadable(count(unreadable.members), named)}</p>
      )}
    </>
  )
}

function UnderWay({ scan: { state, phase, done, total } }: { scan: IdentityScan }) {
  const said =
    state === 'waiting'
      ? words.waiting
      : words.underWay(phase, count(done), total === null ? null : count(total))
  const percent = total === null || total === 0 ? 0 : Math.min(99, (done / total) * 100)
  return (
    <>
      <p>{said}</p>
      <Progress
        aria-label={said}
        percent={percent}
        showInfo={false}
        size="small"
        strokeColor="var(--hk-brand)"
      />
    </>
  )
}
