import type {
  CouponTemplateView,
  TemplateChange,
  TemplateDraft,
} from '@huike/shared/contracts/console-coupons'
import { idAt, type RequestId } from '@huike/shared/ids'
import { useState } from 'react'
import { PageFrame } from '../page-frame.js'
import { ruleFieldId } from '../points/rule-field.js'
import { useRuleNames } from '../points/rule-names.js'
import { editorStrings } from '../points/strings.js'
import type { Problems } from '../points/typed.js'
import { usePublishing } from '../points/use-publishing.js'
import { randomChance } from '../random-key.js'
import { Restored } from '../restored.js'
import { go, hrefOf } from '../router.js'
import { Trouble } from '../trouble.js'
import { useGuard } from '../use-guard.js'
import { useKeptForm } from '../use-kept-form.js'
import { useQuery } from '../use-query.js'
import { BasketExample } from './basket-example.js'
import { formStrings as words } from './form-strings.js'
import { GivesFields, ValidityFields } from './gives-fields.js'
import { HowFields } from './how-fields.js'
import { LimitFields } from './limit-fields.js'
import { SaveTemplate } from './save-template.js'
import { TemplateCounter } from './template-counter.js'
import { TemplateCodes } from './template-codes.js'
import { formOf, isSameTerms, NEW_TEMPLATE } from './template-form.js'
import { limitsOf, problemsOf, termsOf } from './template-problems.js'
import type { TemplateForm } from './template-typed.js'
import { WhereFields } from './where-fields.js'
import '../points/points.css'
import './coupons.css'

const KEY = 'huike-console-coupon'
const PATH = '/coupons/templates'

/** A new coupon, or the next version of one, with a basket that follows every key. */
export default function TemplatePage({ templateId }: { templateId: string | null }) {
  const path = templateId === null ? null : `${PATH}/${encodeURIComponent(templateId)}`
  const query = useQuery<CouponTemplateView>(path)
  const isNew = templateId === null
  return (
    <PageFrame
      title={isNew ? words.newTitle : words.changeTitle}
      note={isNew ? words.newNote : words.changeNote}
      back={{ href: hrefOf('/coupons'), words: words.back }}
    >
      <Trouble query={query} />
      {(isNew || query.value !== null) && (
        <Editor template={query.value} path={path ?? PATH} onLookAgain={query.refresh} />
      )}
      {path !== null && query.value !== null && <TemplateCodes path={`${path}/codes`} />}
      {path !== null && query.value !== null && <TemplateCounter path={`${path}/counter`} />}
    </PageFrame>
  )
}

interface Props {
  template: CouponTemplateView | null
  path: string
  onLookAgain: () => void
}

function Editor({ template, path, onLookAgain }: Props) {
  const names = useRuleNames()
  const fresh = () => (template === null ? newTemplate() : formOf(template))
  const { form, isRestored, isTouched, change, begin, forget } = useKeptForm<TemplateForm>(
    `${KEY}:${template?.id ?? 'new'}`,
    fresh,
  )
  const [isChecked, setIsChecked] = useState(false)
  const problems = problemsOf(form)
  const terms = termsOf(form)
  const limits = limitsOf(form, Date.now())
  const publishing = usePublishing<TemplateDraft | TemplateChange, CouponTemplateView>(
    path,
    (saved) => {
      forget()
      go(`/coupons?saved=${saved.id}`)
    },
    ({ code }) => {
      if (code === 'coupon_template_changed') onLookAgain()
    },
  )
  useGuard(isTouched && !publishing.isDone, words.leave, forget)
  const isSaid = template !== null && terms !== null && isSameTerms(terms, template.terms)
  const before = template === null ? null : limitsOf(formOf(template), 0)
  const isSame = isSaid && JSON.stringify(limits) === JSON.stringify(before)
  const save = () => {
    setIsChecked(true)
    const [first] = Object.keys(problems)
    if (first !== undefined) {
      const field = document.getElementById(ruleFieldId(first))
      field?.closest('details')?.setAttribute('open', '')
      field?.focus()
    } else if (terms !== null && limits !== null) {
      const draft = { terms: isSaid ? template.terms : terms, limits }
      const { basedOnVersion, basedOnLimits } = form
      const requestId = form.requestId as RequestId
      void publishing.send(
        basedOnLimits === null
          ? { ...draft, requestId }
          : { ...draft, basedOnVersion, basedOnLimits },
      )
    }
  }
  const startAgain = () => {
    setIsChecked(false)
    publishing.clear()
    begin(fresh())
  }
  const fields = {
    form,
    problems: isChecked ? problems : withoutEmpty(problems),
    onChange: (changes: Partial<TemplateForm>) => {
      publishing.clear()
      change(changes)
    },
  }
  return (
    <div className="rule-beside">
      <div className="rule-fields">
        {isRestored && <Restored onStartOver={startAgain} />}
        <GivesFields {...fields} />
        <ValidityFields {...fields} given={template?.issued ?? 0} />
        <WhereFields {...fields} names={names} />
        <HowFields {...fields} />
        <LimitFields {...fields} />
      </div>
      <div className="rule-aside">
        <BasketExample {...{ terms, names }} />
      </div>
      <SaveTemplate
        {...{ terms, limits, template, isSame, publishing }}
        isSameTerms={isSaid}
        isOutdated={template !== null && !isBasedOn(form, template)}
        wrongFields={isChecked ? Object.keys(problems).length : 0}
        onSave={save}
        onLookAgain={onLookAgain}
        onKeepMine={() => {
          publishing.clear()
          if (template !== null)
            change({ basedOnVersion: template.version, basedOnLimits: template.limits })
        }}
        onTakeTheirs={startAgain}
      />
    </div>
  )
}

/** A new one is one request, however often it is sent and whatever was reloaded in between. */
function newTemplate(): TemplateForm {
  return { ...NEW_TEMPLATE, requestId: idAt(Date.now(), randomChance) }
}

/** Nobody changed the template since the form was begun. */
function isBasedOn(form: TemplateForm, { version, limits }: CouponTemplateView): boolean {
  const isLimits = JSON.stringify(form.basedOnLimits) === JSON.stringify(limits)
  return form.basedOnVersion === version && isLimits
}

/** A field that nobody has filled in yet is not called wrong before saving was tried. */
function withoutEmpty(problems: Problems): Problems {
  return Object.fromEntries(
    Object.entries(problems).filter(([, sentence]) => sentence !== editorStrings.problem.empty),
  )
}
