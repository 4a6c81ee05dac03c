import type { LevelsPage, SchemeDraft, SchemeVersion } from '@huike/shared/contracts/levels'
import { Button } from 'antd'
import { useState } from 'react'
import { calendarDay, count } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { ruleFieldId } from '../points/rule-field.js'
import { usePublishing } from '../points/use-publishing.js'
import { Restored } from '../restored.js'
import { go, hrefOf } from '../router.js'
import { Failure, Trouble } from '../trouble.js'
import { useGuard } from '../use-guard.js'
import { useKeptForm } from '../use-kept-form.js'
import { useQuery } from '../use-query.js'
import { SchemeFields } from './scheme-fields.js'
import { draftOf, faultOf, formOf, problemsOf, termsOf, type SchemeForm } from './scheme-form.js'
import { SchemeWords } from './scheme-words.js'
import { schemeStrings as words } from './strings.js'
import { TryScheme } from './try-scheme.js'
import './levels.css'

const DAY_MS = 86_400_000
/** Where a scheme that is being written is kept. */
const KEY = 'huike-console-levels'

/** The next version of the levels, made from the latest. */
export default function NewSchemePage() {
  const query = useQuery<LevelsPage>('/levels')
  const [latest] = query.value?.versions ?? []
  return (
    <PageFrame
      title={words.title}
      note={words.note}
      back={{ href: hrefOf('/levels'), words: words.back }}
    >
      <Trouble query={query} />
      {latest !== undefined && <Editor latest={latest} onLookAgain={query.refresh} />}
    </PageFrame>
  )
}

interface Props {
  latest: SchemeVersion
  onLookAgain: () => void
}

function Editor({ latest, onLookAgain }: Props) {
  const fresh = () => formOf(latest.scheme, latest.scheme.version)
  const { form, isRestored, isTouched, ...kept } = useKeptForm<SchemeForm>(KEY, fresh)
  const [isChecked, setIsChecked] = useState(false)
  const today = calendarDay(Date.now())
  const problems = problemsOf(form, today)
  const terms = termsOf(form)
  const fault = faultOf(terms, latest.scheme)
  const publishing = usePublishing<SchemeDraft, LevelsPage>(
    '/levels',
    ({ versions: [published] }) => {
      kept.forget()
      go(`/levels?published=${String(published?.scheme.version ?? '')}`)
    },
    onLookAgain,
  )
  useGuard(isTouched && !publishing.isDone, words.leave, kept.forget)
  const isOutdated = form.basedOnVersion !== latest.scheme.version
  const startOver = () => {
    setIsChecked(false)
    publishing.clear()
    kept.begin(fresh())
  }
  const publish = () => {
    setIsChecked(true)
    const draft = draftOf(form, today)
    const [first] = Object.keys(problems)
    if (first !== undefined) document.getElementById(ruleFieldId(first))?.focus()
    else if (draft !== null && fault === null) void publishing.send(draft)
  }
  const { refused } = publishing
  return (
    <div className="levels-form">
      {isRestored && <Restored onStartOver={startOver} />}
      <SchemeFields
        form={form}
        problems={isChecked ? problems : withoutEmpty(problems)}
        firstDay={calendarDay(Date.now() + DAY_MS)}
        onChange={(changes) => {
          publishing.clear()
          kept.change(changes)
        }}
      />
      <TryScheme
        terms={fault === null ? terms : null}
        onBegun={({ id }) => {
          go(`/levels/trials/${id}`)
        }}
      />
      <section className="tile form" aria-labelledby="publish">
        <h2 id="publish">{words.promise}</h2>
        {terms === null ? (
          <p className="note">{words.incomplete}</p>
        ) : (
          <SchemeWords terms={terms} />
        )}
        <p className="note">{words.promiseRest}</p>
        {fault !== null && <Failure sentence={fault} />}
        {isChecked && Object.keys(problems).length > 0 && (
          <Failure sentence={words.wrong(count(Object.keys(problems).length))} />
        )}
        {refused !== null && (
          <Failure sentence={refused.code === null ? words.unanswered : refused.sentence} />
        )}
        <div className="form-buttons">
          {isOutdated && <Button onClick={startOver}>{words.startOver}</Button>}
          <Button
            type="primary"
            size="large"
            loading={publishing.isBusy}
            disabled={isOutdated}
            onClick={publish}
          >
            {words.publish}
          </Button>
        </div>
      </section>
    </div>
  )
}

/** A field that nobody has filled in yet is not called wrong before publishing was tried. */
function withoutEmpty(problems: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(problems).filter(([, sentence]) => sentence !== words.problem.empty),
  )
}
