import type { CodeFault, CodesReport, CodesSummary } from '@huike/shared/contracts/coupon-codes'
import { Alert, Button } from 'antd'
import { useRef, useState } from 'react'
import { FormSection } from '../form-section.js'
import { count } from '../format.js'
import { useSession } from '../session.js'
import { Failure, Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { codeStrings as words } from './code-strings.js'

/** Codes that were printed or sold elsewhere: how many there are, and a file of more. */
export function TemplateCodes({ path }: { path: string }) {
  const { api } = useSession()
  const query = useQuery<CodesSummary>(path)
  const input = useRef<HTMLInputElement>(null)
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [report, setReport] = useState<CodesReport | null>(null)
  const send = async (file: File) => {
    setIsBusy(true)
    setProblem(null)
    setReport(null)
    const answer = await api.upload<CodesReport>(path, file)
    setIsBusy(false)
    if (answer.ok) setReport(answer.value)
    else setProblem(answer.code === null ? words.unanswered : answer.sentence)
    query.refresh()
  }
  return (
    <FormSection id="codes" title={words.title}>
      <p className="note">{words.note}</p>
      <Trouble query={query} />
      {query.value !== null && <Summary summary={query.value} />}
      <input
        ref={input}
        type="file"
        hidden
        aria-label={words.choose}
        accept=".csv,.tsv,.txt"
        onChange={({ target }) => {
          const [file] = target.files ?? []
          target.value = ''
          if (file) void send(file)
        }}
      />
      <div className="form-buttons">
        <Button loading={isBusy} onClick={() => input.current?.click()}>
          {isBusy ? words.sending : words.choose}
        </Button>
      </div>
      {problem !== null && <Failure sentence={problem} />}
      {report !== null && <Report report={report} />}
    </FormSection>
  )
}

function Summary({ summary: { imported, used, stockLeft } }: { summary: CodesSummary }) {
  const isShort = stockLeft !== null && imported - used > stockLeft
  return (
    <>
      <p>{words.summary(count(imported), count(used))}</p>
      {isShort && (
        <Alert
          type="warning"
          showIcon
          title={words.short(count(imported - used), count(stockLeft))}
        />
      )}
    </>
  )
}

function Report({ report }: { report: CodesReport }) {
  const { added, known, elsewhere, onPosters, faulty, faults } = report
  return (
    <div className="summary" role="status">
      <p>{words.added(count(added))}</p>
      {known > 0 && <p className="note">{words.known(count(known))}</p>}
      {elsewhere > 0 && <p className="bad">{words.elsewhere(count(elsewhere))}</p>}
      {onPosters > 0 && <p className="bad">{words.onPosters(count(onPosters))}</p>}
      {faulty > 0 && (
        <>
          <p className="bad">{words.faulty(count(faulty))}</p>
          <ul>
            {faults.map(({ row, reason }: CodeFault) => (
              <li key={row}>{words.fault(count(row), reason)}</li>
            ))}
          </ul>
          {faulty > faults.length && <p className="note">{words.more(count(faults.length))}</p>}
        </>
      )}
    </div>
  )
}
