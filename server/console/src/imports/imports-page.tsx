import type {
  ImportJob,
  ImportsPage,
  ImportUploaded,
} from '@huike/shared/contracts/console-imports'
import { Alert, Button, Empty, Skeleton, Tag } from 'antd'
import { useRef, useState } from 'react'
import { withQuery } from '../api.js'
import { count, dateTime } from '../format.js'
import { useStores } from '../members/use-stores.js'
import { PageFrame } from '../page-frame.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { Failure } from '../trouble.js'
import { usePages } from '../use-query.js'
import { importStrings as words } from './strings.js'
import './imports.css'

const PATH = '/imports?limit=20'
const importsOf = (page: ImportsPage) => page.imports

/** Every import, newest first, and the beginning of the next. */
export default function ImportsPage() {
  const { may } = useSession()
  const stores = useStores()
  const list = usePages(PATH, importsOf)
  return (
    <PageFrame title={words.title} note={words.note}>
      {may('imports.run') && <Upload />}
      {list.items?.length === 0 && (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.empty} />
      )}
      <ul className="rows">
        {list.items?.map((job) => (
          <Head key={job.id} job={job} timeZone={stores.timeZone} />
        ))}
      </ul>
      {list.problem !== null && <Failure sentence={list.problem} onRetry={list.more} />}
      {list.items === null && list.problem === null && (
        <div aria-busy="true">
          <Skeleton active title={false} paragraph={{ rows: 6 }} />
        </div>
      )}
      {list.hasMore && (
        <Button loading={list.isLoading} onClick={list.more}>
          {strings.more}
        </Button>
      )}
    </PageFrame>
  )
}

function Head({ job, timeZone }: { job: ImportJob; timeZone: string }) {
  const { newMembers = 0, sales = 0 } = job.taken ?? job.check ?? {}
  return (
    <li className="row i-head">
      <span className="i-name">
        <a href={hrefOf(`/imports/${job.id}`)}>{job.fileName}</a>
        <span className="note">{words.by(job.by, dateTime(job.createdAtMs, timeZone))}</span>
      </span>
      <span>
        {words.report.newMembers} {count(newMembers)}
        {job.kind === 'orders' && ` · ${words.report.sales} ${count(sales)}`}
      </span>
      <Tag>{words.kind(job.kind)}</Tag>
      <Tag color={colourOf(job)}>{words.state(job.state)}</Tag>
    </li>
  )
}

function colourOf({ state }: ImportJob): string {
  if (state === 'failed') return 'error'
  return state === 'done' ? 'success' : 'default'
}

/** Chooses a file and sends it in; then its own page goes on. */
function Upload() {
  const { api } = useSession()
  const input = useRef<HTMLInputElement>(null)
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [old, setOld] = useState<string | null>(null)
  const send = async (file: File) => {
    setIsBusy(true)
    setProblem(null)
    const answer = await api.upload<ImportUploaded>(
      withQuery('/imports', { name: file.name }),
      file,
    )
    setIsBusy(false)
    if (!answer.ok) setProblem(answer.sentence)
    else if (answer.value.isNew) location.hash = hrefOf(`/imports/${answer.value.job.id}`)
    else setOld(answer.value.job.id)
  }
  return (
    <div className="i-upload">
      <input
        ref={input}
        type="file"
        hidden
        aria-label={words.choose}
        accept=".csv,.tsv,.txt,.gz,.xlsx"
        onChange={({ target }) => {
          const [file] = target.files ?? []
          target.value = ''
          if (file) void send(file)
        }}
      />
      <Button type="primary" loading={isBusy} onClick={() => input.current?.click()}>
        {isBusy ? words.uploading : words.choose}
      </Button>
      <p className="note">{words.uploadNote}</p>
      {problem !== null && <Failure sentence={problem} />}
      {old !== null && (
        <Alert
          type="info"
          showIcon
          title={<a href={hrefOf(`/imports/${old}`)}>{words.sameFile}</a>}
        />
      )}
    </div>
  )
}
