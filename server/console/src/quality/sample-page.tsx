import type {
  Sample,
  SampleFile,
  SampleItem,
  SampleKind,
  SampleSide,
  SampleVerdict,
} from '@huike/shared/contracts/console-quality'
import { Button } from 'antd'
import { useState } from 'react'
import { calendarDay } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { Failure, Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { Precision } from './precision.js'
import { qualityStrings, sampleStrings as words } from './strings.js'
import './quality.css'

const VERDICTS: readonly SampleVerdict[] = ['right', 'wrong', 'unsure']

/** One sample, one item at a time: what is there, and what a person finds. */
export default function SamplePage({ sampleId }: { sampleId: string }) {
  const query = useQuery<SampleFile>(`/quality/samples/${sampleId}`)
  const { value } = query
  return (
    <PageFrame
      title={value === null ? words.title : words.question[value.kind]}
      back={{ href: hrefOf('/quality/samples'), words: words.title }}
    >
      <Trouble query={query} />
      {value?.items.length === 0 && <p className="note">{words.nobody}</p>}
      {value !== null && value.items.length > 0 && (
        <Verify
          file={value}
          onJudged={(sample, item) => {
            const items = value.items.map((one) => (one.itemNo === item.itemNo ? item : one))
            query.replace({ ...value, ...sample, items })
          }}
        />
      )}
    </PageFrame>
  )
}

interface VerifyProps {
  file: SampleFile
  onJudged: (sample: Sample, item: SampleItem) => void
}

function Verify({ file, onJudged }: VerifyProps) {
  const { api, staff } = useSession()
  const firstOpen = file.items.findIndex(({ verdict }) => verdict === null)
  const [at, setAt] = useState(Math.max(0, firstOpen))
  const [busy, setBusy] = useState<SampleVerdict | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const item = file.items[at]
  if (item === undefined) return null
  const judge = async (verdict: SampleVerdict) => {
    setBusy(verdict)
    const path = `/quality/samples/${file.id}/items/${String(item.itemNo)}`
    const answer = await api.post<Sample>(path, { verdict })
    setBusy(null)
    setProblem(answer.ok ? null : answer.sentence)
    if (!answer.ok) return
    onJudged(answer.value, { ...item, verdict, decidedBy: staff.name })
    if (at + 1 < file.items.length) setAt(at + 1)
  }
  return (
    <div className="sections">
      <section className="tile" aria-label={words.itemOf(at + 1, file.items.length)}>
        <p className="note" aria-live="polite">
          {words.itemOf(at + 1, file.items.length)} ·{' '}
          {qualityStrings.group(`source:${item.source}`)}
        </p>
        <Sides kind={file.kind} item={item} />
        {problem !== null && <Failure sentence={problem} />}
        <div className="quality-verdicts" role="group" aria-label={words.verdictLabel}>
          {VERDICTS.map((verdict) => (
            <Button
              key={verdict}
              type={item.verdict === verdict ? 'primary' : 'default'}
              aria-pressed={item.verdict === verdict}
              loading={busy === verdict}
              disabled={busy !== null}
              onClick={() => void judge(verdict)}
            >
              {words.verdict(verdict)}
            </Button>
          ))}
        </div>
        <div className="form-buttons">
          <Button
            disabled={at === 0}
            onClick={() => {
              setAt(at - 1)
            }}
          >
            {words.previous}
          </Button>
          <Button
            disabled={at + 1 >= file.items.length}
            onClick={() => {
              setAt(at + 1)
            }}
          >
            {words.next}
          </Button>
        </div>
      </section>
      <section className="tile">
        <Precision sources={file.sources} />
      </section>
    </div>
  )
}

function Sides({ kind, item }: { kind: SampleKind; item: SampleItem }) {
  const wanted = kind === 'record' ? 1 : 2
  return (
    <div className="quality-sides">
      {item.sides.map((side) => (
        <Side key={side.memberId} side={side} />
      ))}
      {item.sides.length < wanted && <p className="note">{words.gone}</p>}
    </div>
  )
}

function Side({ side }: { side: SampleSide }) {
  const facts: [string, string | null][] = [
    [words.phone, side.phoneMasked === '' ? null : side.phoneMasked],
    [words.name, side.nameMasked],
    [words.birthday, side.birthdayMonthDay],
    [words.channel, qualityStrings.group(`channel:${side.registeredChannel}`)],
    [words.store, side.registeredStoreName],
    [words.since, calendarDay(side.memberSinceMs)],
  ]
  return (
    <div>
      <p>
        <a href={hrefOf(`/members/${side.memberId}`)}>{qualityStrings.member(side.memberNo)}</a>
        {side.isMerged && <span className="note quality-waiting">{words.merged}</span>}
      </p>
      <dl>
        {facts.map(([label, value]) => (
          <div key={label} className="quality-fact">
            <dt>{label}</dt>
            <dd>{value ?? strings.nothing}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
