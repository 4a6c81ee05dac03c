import type {
  ConsolePickup,
  ConsolePickupsPage,
  FoundPickups,
} from '@huike/shared/contracts/console-pickups'
import { PICKUP_CODE_DIGITS, type PickupState } from '@huike/shared/contracts/pickups'
import type { StoreId } from '@huike/shared/ids'
import { codeInGroups } from '@huike/shared/mall-words'
import { PICKUP_WORDS } from '@huike/shared/pickup-words'
import { Alert, Button, Input, Select } from 'antd'
import { useId, useState } from 'react'
import { withQuery } from '../api.js'
import { Choices } from '../choices.js'
import { Field } from '../field.js'
import '../mall/mall.css'
import { useStores } from '../members/use-stores.js'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { useSession } from '../session.js'
import { usePages } from '../use-query.js'
import { PickupRow } from './pickup-row.js'
import './pickups.css'
import { pickupStrings as words } from './strings.js'

const STATES = ['preparing', 'ready', 'fetched', 'cancelled'] as const satisfies PickupState[]
/** Spaces and hyphens between the digits are typed as well. */
const TYPED_CHARACTERS_MAX = 20
const pickupsOf = (page: ConsolePickupsPage): readonly ConsolePickup[] => page.pickups

/** Orders that are fetched in a store: found by code or phone, or in the list of all. */
export default function PickupsPage() {
  const [said, setSaid] = useState<string | null>(null)
  // A list that was read before something changed is read anew.
  const [round, setRound] = useState(0)
  const done = (what: string) => {
    setSaid(what)
    setRound(round + 1)
  }
  return (
    <PageFrame title={words.title} note={words.note}>
      {said !== null && <Alert type="success" role="status" showIcon title={said} />}
      <Finder
        onDone={done}
        onSearch={() => {
          setSaid(null)
        }}
      />
      <Listed round={round} onDone={done} />
    </PageFrame>
  )
}

interface Props {
  /** What was done, in words. */
  onDone: (said: string) => void
}

/** The code stays out of the address: it is worth what was ordered. */
function Finder({ onDone, onSearch }: Props & { onSearch: () => void }) {
  const { api } = useSession()
  const stores = useStores()
  const id = useId()
  const [typed, setTyped] = useState('')
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [found, setFound] = useState<readonly ConsolePickup[]>([])
  const find = async () => {
    setIsBusy(true)
    setProblem(null)
    setFound([])
    onSearch()
    const answer = await api.post<FoundPickups>('/pickups/find', { text: typed.trim() })
    setIsBusy(false)
    if (!answer.ok) setProblem(answer.sentence)
    else if (answer.value.pickups.length === 0) setProblem(words.foundNone)
    else setFound(answer.value.pickups)
  }
  return (
    <>
      <form
        className="tile form mall-find"
        role="search"
        aria-labelledby={id}
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy && typed.trim() !== '') void find()
        }}
      >
        <h2 id={id}>{words.find}</h2>
        <Field label={words.findHint} problem={problem}>
          {(control) => (
            <div className="with-button">
              <Input
                {...control}
                autoFocus
                inputMode="numeric"
                autoComplete="off"
                maxLength={TYPED_CHARACTERS_MAX}
                value={typed}
                onChange={(event) => {
                  setTyped(event.target.value)
                  setProblem(null)
                }}
                onBlur={() => {
                  setTyped(grouped(typed))
                }}
              />
              <Button type="primary" htmlType="submit" loading={isBusy}>
                {words.search}
              </Button>
            </div>
          )}
        </Field>
      </form>
      {found.length > 0 && (
        <section aria-label={words.found}>
          <h2>{words.found}</h2>
          <ul className="rows">
            {found.map((pickup) => (
              <PickupRow
                key={pickup.purchaseId}
                {...{ pickup, stores }}
                onLook={(now) => {
                  setFound(withNow(found, now))
                }}
                onDone={(changed, said) => {
                  setFound(withNow(found, changed))
                  onDone(said)
                }}
              />
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

function Listed({ round, onDone }: Props & { round: number }) {
  const [state, setState] = useState<PickupState>('preparing')
  const [storeId, setStoreId] = useState<StoreId | null>(null)
  const stores = useStores()
  return (
    <section aria-label={words.list}>
      <h2>{words.list}</h2>
      <div className="pickup-choices">
        <Choices
          label={words.choose}
          choices={STATES}
          chosen={state}
          wordsOf={(one) => PICKUP_WORDS[one]}
          onChoose={setState}
        />
        {stores.list.length > 1 && (
          <Select
            aria-label={words.store}
            showSearch={{ optionFilterProp: 'label' }}
            value={storeId}
            options={[
              { value: null, label: words.everyStore },
              ...stores.list.map(({ id, name }) => ({ value: id, label: name })),
            ]}
            onChange={setStoreId}
          />
        )}
      </div>
      <Rows
        key={`${String(round)}|${state}|${storeId ?? ''}`}
        {...{ state, storeId, stores, onDone }}
      />
    </section>
  )
}

function Rows(
  props: Props & {
    state: PickupState
    storeId: StoreId | null
    stores: ReturnType<typeof useStores>
  },
) {
  const { state, storeId, stores, onDone } = props
  const list = usePages(withQuery('/pickups', { state, storeId }), pickupsOf)
  return (
    <>
      <ul className="rows">
        {list.items?.map((pickup) => (
          <PickupRow
            key={pickup.purchaseId}
            {...{ pickup, stores }}
            onLook={(now) => {
              list.change((items) => withNow(items, now))
            }}
            onDone={(_changed, said) => {
              onDone(said)
            }}
          />
        ))}
      </ul>
      <PagesEnd list={list} empty={words.empty[state]} skeletonRows={4} />
    </>
  )
}

function withNow(pickups: readonly ConsolePickup[], now: ConsolePickup): ConsolePickup[] {
  return pickups.map((one) => (one.purchaseId === now.purchaseId ? now : one))
}

/** A code in its groups; anything else as it was typed. */
function grouped(typed: string): string {
  const digits = typed.normalize('NFKC').replace(/\D/g, '')
  return digits.length === PICKUP_CODE_DIGITS ? codeInGroups(digits) : typed
}
