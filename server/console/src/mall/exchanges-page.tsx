import type {
  ConsoleExchange,
  ConsoleExchangesPage,
  FoundExchanges,
} from '@huike/shared/contracts/console-mall'
import { EXCHANGE_CODE_DIGITS } from '@huike/shared/till-limits'
import { codeInGroups } from '@huike/shared/mall-words'
import { Alert, Button, Input } from 'antd'
import { useId, useState } from 'react'
import { Choices } from '../choices.js'
import { Field } from '../field.js'
import { useStores } from '../members/use-stores.js'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { useSession } from '../session.js'
import { usePages } from '../use-query.js'
import { ExchangeRow } from './exchange-row.js'
import { fetchStrings as words } from './strings.js'
import './mall.css'

const STATES = ['waiting', 'fetched', 'cancelled', 'lapsed'] as const
/** Spaces and hyphens between the digits are typed as well. */
const TYPED_CHARACTERS_MAX = 20
const exchangesOf = (page: ConsoleExchangesPage): readonly ConsoleExchange[] => page.exchanges

/** Handing over what members exchanged: found by its code or a phone, or in the list of all. */
export default function ExchangesPage() {
  const { may } = useSession()
  const [said, setSaid] = useState<string | null>(null)
  // A list that was read before something ended is read anew.
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
      {may('mall.settle') && <Listed key={round} onDone={done} />}
    </PageFrame>
  )
}

interface Props {
  /** What was done, in words. */
  onDone: (said: string) => void
}

/** The code stays out of the address: it is worth what was exchanged. */
function Finder({ onDone, onSearch }: Props & { onSearch: () => void }) {
  const { api } = useSession()
  const stores = useStores()
  const id = useId()
  const [typed, setTyped] = useState('')
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [found, setFound] = useState<readonly ConsoleExchange[]>([])
  const find = async () => {
    setIsBusy(true)
    setProblem(null)
    setFound([])
    onSearch()
    const answer = await api.post<FoundExchanges>('/mall/exchanges/find', { text: typed.trim() })
    setIsBusy(false)
    if (!answer.ok) setProblem(answer.sentence)
    else if (answer.value.exchanges.length === 0) setProblem(words.foundNone)
    else setFound(answer.value.exchanges)
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
            {found.map((exchange) => (
              <ExchangeRow
                key={exchange.id}
                {...{ exchange, stores }}
                onDone={(changed, said) => {
                  setFound(found.map((one) => (one.id === changed.id ? changed : one)))
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

function Listed({ onDone }: Props) {
  const stores = useStores()
  const [state, setState] = useState<(typeof STATES)[number]>('waiting')
  const list = usePages(`/mall/exchanges?state=${state}`, exchangesOf)
  return (
    <section aria-label={words.list}>
      <h2>{words.list}</h2>
      <Choices
        label={words.choose}
        choices={STATES}
        chosen={state}
        wordsOf={(one) => words.states[one]}
        onChoose={setState}
      />
      <ul className="rows">
        {list.items?.map((exchange) => (
          <ExchangeRow
            key={exchange.id}
            {...{ exchange, stores }}
            onDone={(_changed, said) => {
              onDone(said)
            }}
          />
        ))}
      </ul>
      <PagesEnd list={list} empty={words.empty[state]} skeletonRows={4} />
    </section>
  )
}

/** A code in its groups; anything else as it was typed. */
function grouped(typed: string): string {
  const digits = typed.normalize('NFKC').replace(/\D/g, '')
  return digits.length === EXCHANGE_CODE_DIGITS ? codeInGroups(digits) : typed
}
