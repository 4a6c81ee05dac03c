import type { Merge, MergeFile, UndoPreview } from '@huike/shared/contracts/console-identity'
import { Button, Skeleton } from 'antd'
import { useState } from 'react'
import { withQuery, type Answer } from '../api.js'
import { Ask } from '../ask.js'
import { dateTime } from '../format.js'
import { memberStrings } from '../members/strings.js'
import { useStores } from '../members/use-stores.js'
import { PageFrame } from '../page-frame.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { Failure, Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { Changes } from './changes.js'
import { MergeTag } from './merge-tag.js'
import { changeStrings, mergeStrings as words, reviewStrings } from './strings.js'
import { UndoneChanges } from './undo-changes.js'
import './duplicates.css'

const BACK = { href: hrefOf('/duplicates/merges'), words: words.title }

/** One merge: who did it, what it changed, and taking it back. */
export default function MergePage({ mergeId }: { mergeId: string }) {
  const stores = useStores()
  const query = useQuery<MergeFile>(`/merges/${encodeURIComponent(mergeId)}`)
  const { value: file } = query
  const at = (atMs: number) => dateTime(atMs, stores.timeZone)
  return (
    <PageFrame
      title={words.one}
      back={BACK}
      note={file === null ? undefined : words.by(file.how, file.mergedByName, at(file.mergedAtMs))}
    >
      <Trouble query={query} />
      {file !== null && (
        <div className="sections">
          <section className="tile">
            <MergeTag merge={file} />
            {file.undoneAtMs !== null && (
              <span className="note">
                {' '}
                {words.undoneBy(file.undoneByName, at(file.undoneAtMs))}
              </span>
            )}
            <dl className="d-changes">
              <Record label={words.survivor} record={file.survivor} />
              <Record label={words.absorbed} record={file.absorbed} />
            </dl>
          </section>
          {file.undoChanges !== null && (
            <section className="tile" aria-labelledby="merge-undone">
              <h2 id="merge-undone">{words.wasUndone}</h2>
              <UndoneChanges changes={file.undoChanges} />
            </section>
          )}
          <Undo file={file} onUndone={query.refresh} />
          <section className="tile" aria-labelledby="merge-changes">
            <h2 id="merge-changes">{changeStrings.done}</h2>
            <Changes changes={file.changes} />
          </section>
          <Kept kept={file.kept} />
        </div>
      )}
    </PageFrame>
  )
}

function Record({ label, record }: { label: string; record: Merge['survivor'] }) {
  const { may } = useSession()
  const name = record.nameMasked ?? memberStrings.unnamed
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {may('members.view') ? <a href={hrefOf(`/members/${record.memberId}`)}>{name}</a> : name}
        <span className="note">{words.memberNo(record.memberNo)}</span>
      </dd>
    </div>
  )
}

function Kept({ kept }: { kept: MergeFile['kept'] }) {
  if (kept.length === 0) return null
  return (
    <section className="tile" aria-labelledby="merge-kept">
      <h2 id="merge-kept">{words.kept}</h2>
      <p className="note">{words.keptNote}</p>
      <dl className="d-changes">
        {kept.map(({ field, shown }) => (
          <div key={field}>
            <dt>{reviewStrings.field(field)}</dt>
            <dd>{shown}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

interface UndoProps {
  file: MergeFile
  onUndone: () => void
}

/** Taking it back: tried first, then asked, then done. */
function Undo({ file, onUndone }: UndoProps) {
  const { api, may } = useSession()
  const [tried, setTried] = useState<Answer<UndoPreview> | 'trying' | null>(null)
  if (file.state === 'undone' || !may('identity.merge')) return null
  const path = `/merges/${file.id}/undo`
  const tryOut = async () => {
    setTried('trying')
    setTried(await api.post<UndoPreview>(`${path}/preview`))
  }
  if (tried === null)
    return (
      <Button className="d-undo" onClick={() => void tryOut()}>
        {words.undo}
      </Button>
    )
  if (tried === 'trying') return <Skeleton active title={false} paragraph={{ rows: 5 }} />
  if (!tried.ok)
    return (
      <div>
        <Failure sentence={tried.sentence} onRetry={() => void tryOut()} />
        <a href={hrefOf(withQuery('/duplicates/merges', { memberId: file.survivor.memberId }))}>
          {words.ofMember}
        </a>
      </div>
    )
  return (
    <section className="tile" aria-labelledby="merge-undo">
      <h2 id="merge-undo">{words.undoTitle}</h2>
      <p className="note">{words.undoNote}</p>
      <UndoneChanges changes={tried.value.changes} />
      <Ask
        label={words.undo}
        promise={words.after}
        confirm={words.confirmUndo}
        isDanger
        onConfirm={() => api.post<Merge>(path)}
        onDone={() => {
          setTried(null)
          onUndone()
        }}
        onCancel={() => {
          setTried(null)
        }}
      />
    </section>
  )
}
