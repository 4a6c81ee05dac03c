import type {
  PayFindingsPage,
  PayFindingsQuery,
  PayFindingView,
} from '@huike/shared/contracts/console-packs'
import { PAY_FINDING_WORDS } from '@huike/shared/pack-words'
import type { Fen } from '@huike/shared/quantities'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { withQuery } from '../api.js'
import { Choices } from '../choices.js'
import { Field } from '../field.js'
import { FormDialog } from '../form-dialog.js'
import { dateTime, money } from '../format.js'
import { PagesEnd } from '../pages-end.js'
import { useSession } from '../session.js'
import { usePages, useQuery } from '../use-query.js'
import { findingStrings as words } from './strings.js'

const STATES = ['open', 'settled'] as const
const NOTE_CHARACTERS_MAX = 100
const findingsOf = (page: PayFindingsPage): readonly PayFindingView[] => page.findings

/** What does not agree about money, until somebody has seen to it. */
export function Findings() {
  const { may } = useSession()
  const [state, setState] = useState<PayFindingsQuery['state']>('open')
  const [settling, setSettling] = useState<PayFindingView | null>(null)
  const list = usePages(withQuery('/packs/findings', { state }), findingsOf)
  const first = useQuery<PayFindingsPage>('/packs/findings?limit=1')
  return (
    <>
      {first.value !== null && <p className="note">{words.note(first.value.comparedTo)}</p>}
      <Choices
        label={words.choose}
        choices={STATES}
        chosen={state}
        wordsOf={(one) => words.state[one]}
        onChoose={setState}
      />
      <ul className="rows">
        {list.items?.map((finding) => (
          <li key={finding.id} className="row pack-row">
            <strong>{PAY_FINDING_WORDS[finding.kind]}</strong>
            <span className="pack-number">{finding.number}</span>
            <span>{words.sums(sumOf(finding.ourFen), sumOf(finding.theirFen))}</span>
            <span className="note">
              {finding.detail} · {words.found(dateTime(finding.foundAtMs))}
              {finding.settledAtMs !== null &&
                ` · ${words.settled(finding.settledBy ?? '', dateTime(finding.settledAtMs))}`}
            </span>
            {finding.note !== null && <span className="pack-said">{finding.note}</span>}
            {state === 'open' && may('packs.manage') && (
              <Button
                aria-label={words.settleOf(finding.number)}
                onClick={() => {
                  setSettling(finding)
                }}
              >
                {words.settle}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <PagesEnd list={list} empty={words.empty[state]} skeletonRows={4} />
      {settling !== null && (
        <Settle
          finding={settling}
          onDone={() => {
            list.change((items) => items.filter(({ id }) => id !== settling.id))
            setSettling(null)
          }}
          onCancel={() => {
            setSettling(null)
          }}
        />
      )}
    </>
  )
}

interface SettleProps {
  finding: PayFindingView
  onDone: () => void
  onCancel: () => void
}

function Settle({ finding, onDone, onCancel }: SettleProps) {
  const { api } = useSession()
  const [note, setNote] = useState('')
  return (
    <FormDialog<PayFindingView>
      title={PAY_FINDING_WORDS[finding.kind]}
      submit={words.settle}
      isReady={note.trim() !== ''}
      onSubmit={() =>
        api.post<PayFindingView>(`/packs/findings/${finding.id}/settle`, { note: note.trim() })
      }
      onDone={onDone}
      onCancel={onCancel}
    >
      <p className="note">{words.settleNote}</p>
      <Field label={words.how} hint={words.howHint(String(NOTE_CHARACTERS_MAX))}>
        {(control) => (
          <Input.TextArea
            {...control}
            autoFocus
            rows={3}
            maxLength={NOTE_CHARACTERS_MAX}
            value={note}
            onChange={(event) => {
              setNote(event.target.value)
            }}
          />
        )}
      </Field>
    </FormDialog>
  )
}

function sumOf(amountFen: Fen | null): string {
  return amountFen === null ? words.nothing : money(amountFen)
}
