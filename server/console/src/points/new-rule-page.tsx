import type { EarningDraft, EarningVersions } from '@huike/shared/contracts/console-points'
import { useState } from 'react'
import { calendarDay } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { Restored } from '../restored.js'
import { go, hrefOf } from '../router.js'
import { Trouble } from '../trouble.js'
import { useGuard } from '../use-guard.js'
import { useKeptForm } from '../use-kept-form.js'
import { useQuery } from '../use-query.js'
import { Example } from './example.js'
import { PublishRule } from './publish-rule.js'
import { RuleFields } from './rule-fields.js'
import { ruleFieldId } from './rule-field.js'
import { draftOf, formOf, isSameTerms, problemsOf, termsOf } from './rule-form.js'
import { useRuleNames, type RuleNames } from './rule-names.js'
import { editorStrings as words } from './strings.js'
import { TryRule } from './try-rule.js'
import type { Problems } from './typed.js'
import { usePublishing } from './use-publishing.js'
import type { Version } from './versions.js'
import './points.css'

const DAY_MS = 86_400_000
/** Where a rule that is being written is kept. */
const KEY = 'huike-console-rule'

/** The next version of the rules, made from the latest, with an example that follows every key. */
export default function NewRulePage() {
  const names = useRuleNames()
  const query = useQuery<EarningVersions>('/points/rules')
  const versions = (query.value?.versions ?? []).filter(({ state }) => state !== 'withdrawn')
  const [latest] = versions
  const now = versions.find(({ state }) => state === 'now')
  return (
    <PageFrame
      title={words.title}
      note={words.note}
      back={{ href: hrefOf('/points'), words: words.back }}
    >
      <Trouble query={query} />
      {latest !== undefined && now !== undefined && (
        <Editor {...{ versions, latest, now, names }} onLookAgain={query.refresh} />
      )}
    </PageFrame>
  )
}

interface Props {
  /** The newest first, without what was withdrawn. */
  versions: readonly Version[]
  latest: Version
  now: Version
  names: RuleNames
  onLookAgain: () => void
}

function Editor({ versions, latest, now, names, onLookAgain }: Props) {
  const { form, isRestored, isTouched, change, begin, forget } = useKeptForm(KEY, () =>
    formOf(latest.rule, latest.rule.version),
  )
  const [isChecked, setIsChecked] = useState(false)
  const today = calendarDay(Date.now())
  const problems = problemsOf(form, today)
  const terms = termsOf(form)
  const publishing = usePublishing<EarningDraft, EarningVersions>(
    '/points/rules',
    ({ versions: [published] }) => {
      forget()
      go(`/points?published=${String(published?.rule.version ?? '')}`)
    },
    ({ code }) => {
      // Somebody else published, or the answer was lost: what is there decides what comes next.
      if (code === 'rule_changed' || code === null) onLookAgain()
    },
  )
  useGuard(isTouched && !publishing.isDone, words.leave, forget)
  const publish = (isGenerousMeant: boolean) => {
    setIsChecked(true)
    const draft = draftOf(form, { today, isGenerousMeant })
    const [first] = Object.keys(problems)
    if (draft !== null) void publishing.send(draft)
    else if (first !== undefined) document.getElementById(ruleFieldId(first))?.focus()
  }
  const startAgain = (from: Version) => {
    setIsChecked(false)
    publishing.clear()
    begin(formOf(from.rule, from.rule.version))
  }
  const isLate = publishing.refused?.code === 'rule_in_past'
  const shown = {
    ...(isChecked ? problems : withoutEmpty(problems)),
    ...(isLate ? { startDay: words.problem.dayPast } : {}),
  }
  return (
    <div className="rule-beside">
      <div className="rule-fields">
        {isRestored && (
          <Restored
            onStartOver={() => {
              startAgain(latest)
            }}
          />
        )}
        <RuleFields
          {...{ form, names }}
          problems={shown}
          firstDay={calendarDay(Date.now() + DAY_MS)}
          onChange={(changes) => {
            publishing.clear()
            change(changes)
          }}
        />
      </div>
      <div className="rule-aside">
        <Example now={now.rule} draft={terms} names={names} />
      </div>
      <TryRule
        terms={terms}
        onBegun={({ id }) => {
          go(`/points/trials/${id}`)
        }}
      />
      <PublishRule
        {...{ form, terms, versions, latest, names, publishing }}
        wrongFields={isChecked ? Object.keys(problems).length : 0}
        isSame={latest === now && terms !== null && isSameTerms(terms, now.rule)}
        onPublish={publish}
        onKeepMine={() => {
          publishing.clear()
          change({ basedOnVersion: latest.rule.version })
        }}
        onTakeTheirs={() => {
          startAgain(latest)
        }}
      />
    </div>
  )
}

/** A field that nobody has filled in yet is not called wrong before publishing was tried. */
function withoutEmpty(problems: Problems): Problems {
  return Object.fromEntries(
    Object.entries(problems).filter(([, sentence]) => sentence !== words.problem.empty),
  )
}
