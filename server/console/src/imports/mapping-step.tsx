import type { ConsoleStores } from '@huike/shared/contracts/console'
import type {
  ImportJob,
  ImportMapping,
  ImportSample,
  ImportTemplate,
  ImportTemplates,
} from '@huike/shared/contracts/console-imports'
import { fieldsOf, IMPORT_FIELD_NAMES, type ImportField } from '@huike/shared/import-fields'
import { Button, Checkbox, Input, Select } from 'antd'
import { useState } from 'react'
import { Field } from '../field.js'
import { useSession } from '../session.js'
import { Failure, Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { applyTemplate, headersOf, type Draft } from './mapping-draft.js'
import { importStrings } from './strings.js'

const words = importStrings.mapping
const SAMPLES_SHOWN = 3

interface Props {
  job: ImportJob
  stores: readonly ConsoleStores['stores'][number][]
  onMapped: (job: ImportJob) => void
}

/** Says which column is which, whose shop it is, and has the file checked. */
export function MappingStep({ job, stores, onMapped }: Props) {
  const { api } = useSession()
  const templates = useQuery<ImportTemplates>('/imports/templates')
  const [draft, setDraft] = useState<Draft>(() => ({
    kind: job.kind,
    templateId: job.templateId,
    fields: job.columns.map(({ field }) => field),
    options: job.options,
  }))
  const [storeId, setStoreId] = useState(
    job.storeId ?? (stores.length === 1 ? stores[0]?.id : undefined),
  )
  const [isStoreWanted, setIsStoreWanted] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const send = async () => {
    setIsStoreWanted(storeId === undefined)
    if (storeId === undefined) return
    setIsBusy(true)
    setProblem(null)
    const mapping = { ...draft, storeId } as ImportMapping
    const answer = await api.post<ImportJob>(`/imports/${job.id}/mapping`, mapping)
    setIsBusy(false)
    if (answer.ok) onMapped(answer.value)
    else setProblem(answer.sentence)
  }
  return (
    <section aria-label={words.title}>
      <h2>{words.title}</h2>
      <Trouble query={templates} rows={1} />
      <div className="i-form">
        <Field label={words.template} hint={words.guessed}>
          {(ids) => (
            <Select
              {...ids}
              value={draft.templateId}
              options={
                templates.value?.templates.map(({ id, name }) => ({ value: id, label: name })) ?? []
              }
              onChange={(id: string) => {
                const template = templates.value?.templates.find((one) => one.id === id)
                if (template) setDraft(applyTemplate(job, template))
              }}
            />
          )}
        </Field>
        <Field
          label={words.store}
          problem={isStoreWanted && storeId === undefined ? words.noStore : null}
        >
          {(ids) => (
            <Select
              {...ids}
              value={storeId}
              placeholder={words.noStore}
              options={stores.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={setStoreId}
            />
          )}
        </Field>
        <Options draft={draft} onChange={setDraft} />
      </div>
      <Columns job={job} draft={draft} onChange={setDraft} />
      {problem !== null && <Failure sentence={problem} />}
      <div className="i-actions">
        <Button type="primary" loading={isBusy} onClick={() => void send()}>
          {words.check}
        </Button>
        <span className="note">{words.checkNote}</span>
      </div>
      <SaveTemplate job={job} draft={draft} />
    </section>
  )
}

interface DraftProps {
  draft: Draft
  onChange: (draft: Draft) => void
}

function Options({ draft, onChange }: DraftProps) {
  const { options } = draft
  const change = (some: Partial<Draft['options']>) => {
    onChange({ ...draft, options: { ...options, ...some } })
  }
  return (
    <>
      <Field label={words.namespace} hint={words.namespaceHint}>
        {(ids) => (
          <Input
            {...ids}
            value={options.namespace}
            onChange={({ target }) => {
              change({ namespace: target.value })
            }}
          />
        )}
      </Field>
      {draft.kind === 'orders' && (
        <>
          <Field label={words.refundPrefix} hint={words.refundPrefixHint}>
            {(ids) => (
              <Input
                {...ids}
                value={options.refundPrefix}
                onChange={({ target }) => {
                  change({ refundPrefix: target.value })
                }}
              />
            )}
          </Field>
          <div>
            <Checkbox
              checked={options.earnsPoints}
              onChange={({ target }) => {
                change({ earnsPoints: target.checked })
              }}
            >
              {words.earnsPoints}
            </Checkbox>
            <p className="note">{words.earnsPointsHint}</p>
          </div>
          <div>
            <Checkbox
              checked={options.createsMembers}
              onChange={({ target }) => {
                change({ createsMembers: target.checked })
              }}
            >
              {words.createsMembers}
            </Checkbox>
            <p className="note">{words.createsMembersHint}</p>
          </div>
        </>
      )}
    </>
  )
}

function Columns({ job, draft, onChange }: DraftProps & { job: ImportJob }) {
  const sample = useQuery<ImportSample>(`/imports/${job.id}/sample`)
  const choices = [
    { value: '', label: words.none },
    ...fieldsOf(draft.kind).map((field) => ({ value: field, label: IMPORT_FIELD_NAMES[field] })),
  ]
  return (
    <>
      <Trouble query={sample} rows={3} />
      <table className="i-columns">
        <thead>
          <tr>
            <th scope="col">{words.column}</th>
            <th scope="col">{words.sample}</th>
            <th scope="col">{words.field}</th>
          </tr>
        </thead>
        <tbody>
          {job.columns.map(({ header }, at) => (
            <tr key={`${String(at)}-${header}`}>
              <th scope="row">{header}</th>
              <td className="note">
                {sample.value?.rows
                  .slice(0, SAMPLES_SHOWN)
                  .map((cells) => cells[at] ?? '')
                  .filter((cell) => cell !== '')
                  .join('、')}
              </td>
              <td>
                <Select
                  aria-label={`${header} ${words.field}`}
                  value={draft.fields[at] ?? ''}
                  options={choices}
                  popupMatchSelectWidth={false}
                  onChange={(value: ImportField | '') => {
                    const fields = draft.fields.map((field, n) =>
                      n === at ? (value === '' ? null : value) : field,
                    )
                    onChange({ ...draft, fields })
                  }}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

function SaveTemplate({ job, draft }: { job: ImportJob; draft: Draft }) {
  const { api } = useSession()
  const [name, setName] = useState('')
  const [told, setTold] = useState<{ isSaved: boolean; sentence: string } | null>(null)
  const save = async () => {
    const input = { name, kind: draft.kind, headers: headersOf(job, draft), options: draft.options }
    const answer = await api.post<ImportTemplate>('/imports/templates', input)
    setTold(
      answer.ok
        ? { isSaved: true, sentence: words.saved }
        : { isSaved: false, sentence: answer.sentence },
    )
  }
  return (
    <details>
      <summary>{words.saveAs}</summary>
      <Field label={words.name} problem={told?.isSaved === false ? told.sentence : null}>
        {(ids) => (
          <Input
            {...ids}
            value={name}
            maxLength={40}
            onChange={({ target }) => {
              setName(target.value)
            }}
          />
        )}
      </Field>
      <Button disabled={name.trim() === ''} onClick={() => void save()}>
        {words.save}
      </Button>
      {told?.isSaved === true && (
        <p className="m-good" role="status">
          {told.sentence}
        </p>
      )}
    </details>
  )
}
