import type { Sample, SampleKind } from '@huike/shared/contracts/console-quality'
import { Button, Empty, Input, Tag } from 'antd'
import { useState } from 'react'
import { Choices } from '../choices.js'
import { Field } from '../field.js'
import { FormDialog } from '../form-dialog.js'
import { clockTime, count } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { Precision } from './precision.js'
import { sampleStrings as words } from './strings.js'
import './quality.css'

const KINDS: readonly SampleKind[] = ['merge', 'pair', 'record']
const PER_SOURCE_DEFAULT = '20'
const PER_SOURCE_MAX = 100
const REFRESH_MS = 5_000

/** Samples that were drawn, and how right what they are of turned out to be. */
export default function SamplesPage() {
  const { may } = useSession()
  const query = useQuery<{ samples: Sample[] }>('/quality/samples', { everyMs: REFRESH_MS })
  const [isAsking, setIsAsking] = useState(false)
  const samples = query.value?.samples ?? null
  const draw = (
    <Button
      type="primary"
      onClick={() => {
        setIsAsking(true)
      }}
    >
      {words.fresh}
    </Button>
  )
  return (
    <PageFrame
      title={words.title}
      note={words.note}
      back={{ href: hrefOf('/quality'), words: words.back }}
      actions={may('quality.manage') ? draw : undefined}
    >
      <Trouble query={query} rows={5} />
      {samples?.length === 0 && (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.empty} />
      )}
      <div className="sections">
        {samples?.map((sample) => (
          <SampleCard key={sample.id} sample={sample} />
        ))}
      </div>
      {isAsking && (
        <DrawDialog
          onDone={() => {
            setIsAsking(false)
            query.refresh()
          }}
          onCancel={() => {
            setIsAsking(false)
          }}
        />
      )}
    </PageFrame>
  )
}

function SampleCard({ sample }: { sample: Sample }) {
  const { may } = useSession()
  const { id, kind, state, by, createdAtMs, sources, seed } = sample
  const left = sources.reduce(
    (sum, { drawn, right, wrong, unsure }) => sum + drawn - right - wrong - unsure,
    0,
  )
  const drawn = sources.reduce((sum, one) => sum + one.drawn, 0)
  return (
    <section className="tile" aria-labelledby={id}>
      <div className="section-head">
        <h2 id={id}>
          {words.kind(kind)} <Tag>{words.state(state)}</Tag>
        </h2>
        {drawn > 0 && may('quality.manage') && (
          <a href={hrefOf(`/quality/samples/${id}`)}>{words.verify}</a>
        )}
      </div>
      <p className="note">
        {words.drawnBy(by, clockTime(createdAtMs))} · {words.seed(String(seed))}
        {drawn > 0 && ` · ${left === 0 ? words.allDone : words.left(count(left))}`}
      </p>
      {state === 'done' && drawn === 0 && <p className="note">{words.nobody}</p>}
      {drawn > 0 && <Precision sources={sources} />}
    </section>
  )
}

interface DrawProps {
  onDone: () => void
  onCancel: () => void
}

function DrawDialog({ onDone, onCancel }: DrawProps) {
  const { api } = useSession()
  const [kind, setKind] = useState<SampleKind>('merge')
  const [text, setText] = useState(PER_SOURCE_DEFAULT)
  const perSource = Number(text)
  const isReady = Number.isInteger(perSource) && perSource >= 1 && perSource <= PER_SOURCE_MAX
  return (
    <FormDialog
      title={words.fresh}
      submit={words.draw}
      isReady={isReady}
      onSubmit={() => api.post<Sample>('/quality/samples', { kind, perSource })}
      onDone={onDone}
      onCancel={onCancel}
    >
      <Choices
        label={words.kindLabel}
        choices={KINDS}
        chosen={kind}
        wordsOf={words.kind}
        onChoose={setKind}
      />
      <p className="note">{words.kindHint[kind]}</p>
      <Field
        label={words.perSource}
        hint={words.perSourceHint}
        problem={isReady ? null : words.perSourceHint}
      >
        {(ids) => (
          <Input
            {...ids}
            inputMode="numeric"
            value={text}
            onChange={(event) => {
              setText(event.target.value)
            }}
          />
        )}
      </Field>
    </FormDialog>
  )
}
