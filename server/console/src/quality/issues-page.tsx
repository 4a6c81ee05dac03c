import type {
  QualityIssue,
  QualityIssueKind,
  QualityIssuePage,
  QualityIssueState,
  QualitySettle,
} from '@huike/shared/contracts/console-quality'
import { Button } from 'antd'
import { useState } from 'react'
import { withQuery } from '../api.js'
import { Choices } from '../choices.js'
import { clockTime, dateTime, money } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { Failure } from '../trouble.js'
import { usePages } from '../use-query.js'
import { quantityOf } from './shares.js'
import { FIGURES, qualityStrings as words } from './strings.js'
import './quality.css'

const STATES: readonly QualityIssueState[] = ['open', 'seen', 'right', 'wrong', 'gone']
const ANSWERS: readonly QualitySettle['state'][] = ['seen', 'right', 'wrong']

/** The doubts of one kind, and what somebody says to each. */
export default function IssuesPage({ kind }: { kind: string }) {
  const [state, setState] = useState<QualityIssueState>('open')
  const list = usePages(withQuery('/quality/issues', { kind, state }), itemsOf)
  const name = FIGURES[kind as QualityIssueKind] as string | undefined
  const back = { href: hrefOf('/quality'), words: words.back }
  return (
    <PageFrame title={name ?? kind} note={words.issueNote} back={back}>
      <Choices
        label={words.states}
        choices={STATES}
        chosen={state}
        wordsOf={words.state}
        onChoose={setState}
      />
      <ul className="rows">
        {list.items?.map((issue) => (
          <Issue
            key={issue.id}
            issue={issue}
            onSettled={(settled) => {
              list.change((items) =>
                settled.state === state
                  ? items.map((one) => (one.id === settled.id ? settled : one))
                  : items.filter(({ id }) => id !== settled.id),
              )
            }}
          />
        ))}
      </ul>
      <PagesEnd list={list} empty={words.emptyIssues(state)} skeletonRows={4} />
    </PageFrame>
  )
}

function itemsOf(page: QualityIssuePage): readonly QualityIssue[] {
  return page.issues
}

interface IssueProps {
  issue: QualityIssue
  onSettled: (issue: QualityIssue) => void
}

function Issue({ issue, onSettled }: IssueProps) {
  const { api, may } = useSession()
  const [busy, setBusy] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const settle = async (state: QualitySettle['state']) => {
    setBusy(state)
    const answer = await api.post<QualityIssue>(`/quality/issues/${issue.id}/settle`, { state })
    setBusy(null)
    setProblem(answer.ok ? null : answer.sentence)
    if (answer.ok) onSettled(answer.value)
  }
  return (
    <li className="row parked">
      <Evidence issue={issue} />
      <span className="note row-note">
        {[issue.storeName, words.found(clockTime(issue.foundAtMs))].filter(Boolean).join(' · ')}
        {issue.settledAtMs !== null &&
          ` · ${words.settledBy(issue.state, issue.settledBy, clockTime(issue.settledAtMs))}`}
      </span>
      {problem !== null && <Failure sentence={problem} />}
      {may('quality.manage') && issue.state !== 'gone' && (
        <div className="quality-verdicts" role="group" aria-label={words.settle}>
          {ANSWERS.map((state) => (
            <Button
              key={state}
              loading={busy === state}
              disabled={busy !== null || state === issue.state}
              onClick={() => void settle(state)}
            >
              {words.state(state)}
            </Button>
          ))}
        </div>
      )}
    </li>
  )
}

/** What was found, in the order in which one would tell it. */
function Evidence({ issue: { evidence, members } }: { issue: QualityIssue }) {
  const { may } = useSession()
  const facts = [
    evidence.how === undefined ? null : words.how(evidence.how),
    evidence.receiptNo === undefined ? null : words.receipt(evidence.receiptNo),
    evidence.item === undefined || evidence.quantityMilli === undefined
      ? null
      : words.item(evidence.item, quantityOf(evidence.quantityMilli)),
    evidence.totalFen === undefined ? null : words.total(money(evidence.totalFen)),
    evidence.linesFen === undefined ? null : words.lines(money(evidence.linesFen as never)),
    evidence.limitFen === undefined ? null : words.limit(money(evidence.limitFen)),
    evidence.businessDate === undefined ? null : words.day(evidence.businessDate),
    evidence.occurredAtMs === undefined ? null : words.at(dateTime(evidence.occurredAtMs)),
    evidence.recordedAtMs === undefined ? null : words.recorded(dateTime(evidence.recordedAtMs)),
    evidence.joinedAtMs === undefined ? null : words.joined(dateTime(evidence.joinedAtMs)),
  ].filter((fact) => fact !== null)
  return (
    <span className="parked-facts">
      {facts.map((fact) => (
        <span key={fact}>{fact}</span>
      ))}
      {members.map(({ memberId, memberNo }) =>
        may('members.view') ? (
          <a key={memberId} href={hrefOf(`/members/${memberId}`)}>
            {words.member(memberNo)}
          </a>
        ) : (
          <span key={memberId}>{words.member(memberNo)}</span>
        ),
      )}
    </span>
  )
}
