import type { ConsoleMallItem, MallChange, MallDraft } from '@huike/shared/contracts/console-mall'
import { idAt, type RequestId } from '@huike/shared/ids'
import { Button } from 'antd'
import { useRef, useState } from 'react'
import { FormSection } from '../form-section.js'
import { count } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { ruleFieldId } from '../points/rule-field.js'
import { useRuleNames } from '../points/rule-names.js'
import type { Problems } from '../points/typed.js'
import { usePublishing, type Publishing } from '../points/use-publishing.js'
import { randomChance } from '../random-key.js'
import { Restored } from '../restored.js'
import { go, hrefOf } from '../router.js'
import { Failure, Trouble } from '../trouble.js'
import { useGuard } from '../use-guard.js'
import { useKeptForm } from '../use-kept-form.js'
import { useQuery } from '../use-query.js'
import { FetchFields, MallLimitFields, WhatFields } from './item-fields.js'
import { draftOf, formOf, NEW_ITEM, problemsOf, type ItemForm } from './item-form.js'
import { ItemPreview } from './item-preview.js'
import { formStrings as words } from './strings.js'
import '../points/points.css'
import './mall.css'

const KEY = 'huike-console-mall'
const PATH = '/mall/items'

/** A new item of the mall, or the next version of one, beside what a member sees of it. */
export default function MallItemPage({ itemId }: { itemId: string | null }) {
  const path = itemId === null ? null : `${PATH}/${encodeURIComponent(itemId)}`
  const query = useQuery<ConsoleMallItem>(path)
  const isNew = itemId === null
  return (
    <PageFrame
      title={isNew ? words.newTitle : words.changeTitle}
      note={isNew ? words.newNote : words.changeNote}
      back={{ href: hrefOf('/mall'), words: words.back }}
    >
      <Trouble query={query} />
      {(isNew || query.value !== null) && (
        <Editor
          key={query.value?.version ?? 0}
          item={query.value}
          path={path ?? PATH}
          onLookAgain={query.refresh}
        />
      )}
    </PageFrame>
  )
}

interface Props {
  item: ConsoleMallItem | null
  path: string
  onLookAgain: () => void
}

function Editor({ item, path, onLookAgain }: Props) {
  const names = useRuleNames()
  const fresh = () => (item === null ? NEW_ITEM : formOf(item))
  const { form, isRestored, isTouched, change, begin, forget } = useKeptForm<ItemForm>(
    `${KEY}:${item?.id ?? 'new'}`,
    fresh,
  )
  const [isChecked, setIsChecked] = useState(false)
  // One request for what is typed now: sent again it makes nothing more.
  const asked = useRef<{ form: ItemForm; body: MallDraft } | null>(null)
  const problems = problemsOf(form)
  const publishing = usePublishing<MallDraft | MallChange, ConsoleMallItem>(
    path,
    (saved) => {
      forget()
      go(`/mall?saved=${saved.id}`)
    },
    () => undefined,
  )
  useGuard(isTouched && !publishing.isDone, words.leave, forget)
  const save = () => {
    setIsChecked(true)
    const draft = draftOf(form, Date.now())
    const [first] = Object.keys(problems)
    if (first !== undefined) document.getElementById(ruleFieldId(first))?.focus()
    if (draft === null) return
    if (asked.current?.form !== form) {
      const requestId = idAt(Date.now(), randomChance) as RequestId
      asked.current = { form, body: { requestId, ...draft } }
    }
    const { body } = asked.current
    void publishing.send(item === null ? body : { ...body, basedOnVersion: form.basedOnVersion })
  }
  const startAgain = () => {
    setIsChecked(false)
    publishing.clear()
    begin(fresh())
    onLookAgain()
  }
  const fields = {
    ...{ form, names },
    problems: isChecked ? problems : withoutEmpty(problems),
    onChange: (changes: Partial<ItemForm>) => {
      publishing.clear()
      change(changes)
    },
  }
  const isOutdated = item !== null && item.version !== form.basedOnVersion
  return (
    <div className="rule-beside">
      <div className="rule-fields">
        {isRestored && <Restored onStartOver={startAgain} />}
        <WhatFields {...fields} />
        {form.kind === 'goods' && <FetchFields {...fields} />}
        <MallLimitFields {...fields} />
      </div>
      <div className="rule-aside">
        <ItemPreview {...{ form, names }} taken={item?.taken ?? 0} />
      </div>
      <SaveItem
        {...{ form, publishing, isOutdated }}
        wrongFields={isChecked ? Object.keys(problems).length : 0}
        onSave={save}
        onLookAgain={startAgain}
      />
    </div>
  )
}

function SaveItem(props: {
  form: ItemForm
  publishing: Pick<Publishing<never>, 'isBusy' | 'refused'>
  isOutdated: boolean
  wrongFields: number
  onSave: () => void
  onLookAgain: () => void
}) {
  const { form, publishing, isOutdated, wrongFields, onSave, onLookAgain } = props
  const { refused, isBusy } = publishing
  const draft = draftOf(form, Date.now())
  const isLate = isOutdated || refused?.code === 'mall_item_changed'
  return (
    <FormSection id="save" title={words.save}>
      <p className={draft === null ? 'note' : 'summary'}>
        {draft === null
          ? words.incomplete
          : words.promise[form.state](draft.terms.name, count(draft.terms.pricePoints))}
      </p>
      {wrongFields > 0 && <Failure sentence={words.wrong(count(wrongFields))} />}
      {isLate && <Failure sentence={words.outdated} />}
      {!isLate && refused !== null && (
        <Failure sentence={refused.code === null ? words.unanswered : refused.sentence} />
      )}
      <div className="form-buttons">
        {isLate && <Button onClick={onLookAgain}>{words.reload}</Button>}
        <Button type="primary" size="large" loading={isBusy} disabled={isLate} onClick={onSave}>
          {words.save}
        </Button>
      </div>
    </FormSection>
  )
}

/** A field that nobody has filled in yet is not called wrong before saving was tried. */
function withoutEmpty(problems: Problems): Problems {
  return Object.fromEntries(
    Object.entries(problems).filter(([, sentence]) => sentence !== words.empty),
  )
}
