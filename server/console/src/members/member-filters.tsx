import type { MemberFilter } from '@huike/shared/contracts/console-members'
import type { StoreId } from '@huike/shared/ids'
import { CONSENT_PURPOSES } from '@huike/shared/purposes'
import { Button, Input } from 'antd'
import { useEffect, useState, type FormEvent } from 'react'
import { Choice } from './choice.js'
import {
  BOUGHT_WITHIN_DAYS,
  INACTIVE_DAYS,
  isFiltered,
  readSearch,
  SILENT_DAYS,
} from './member-filter.js'
import { OwnerChoice } from './owner-choice.js'
import { memberStrings } from './strings.js'
import type { Stores } from './use-stores.js'

interface Props {
  filter: MemberFilter
  stores: Stores
  onChange: (filter: MemberFilter) => void
}

/** Finding one member, and choosing many. Each choice acts at once; the search when it is sent. */
export function MemberFilters({ filter, stores, onChange }: Props) {
  return (
    <div className="m-filters">
      <Search filter={filter} onChange={onChange} />
      <div className="m-choices" role="group" aria-label={memberStrings.filter.label}>
        <Choices filter={filter} stores={stores} onChange={onChange} />
        <OwnerChoice filter={filter} onChange={onChange} />
        {isFiltered(filter) && (
          <Button
            type="text"
            onClick={() => {
              onChange({})
            }}
          >
            {memberStrings.filter.clear}
          </Button>
        )}
      </div>
    </div>
  )
}

function Search({ filter, onChange }: Omit<Props, 'stores'>) {
  const words = memberStrings.search
  const sought = filter.search ?? ''
  const [typed, setTyped] = useState(sought)
  const [isBad, setIsBad] = useState(false)
  // The address may change by other means: the way back, or "clear".
  useEffect(() => {
    setTyped(sought)
    setIsBad(false)
  }, [sought])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const search = readSearch(typed)
    setIsBad(search === null)
    if (search === null) return
    const next: MemberFilter = { ...filter, search }
    if (search === '') delete next.search
    onChange(next)
  }
  return (
    <form className="m-search" role="search" onSubmit={submit}>
      <Input
        aria-label={words.label}
        aria-invalid={isBad}
        aria-describedby="member-search-help"
        placeholder={words.placeholder}
        inputMode="numeric"
        autoComplete="off"
        allowClear
        maxLength={30}
        {...(isBad ? { status: 'error' as const } : {})}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          setIsBad(false)
        }}
      />
      <Button type="primary" htmlType="submit">
        {words.submit}
      </Button>
      <p id="member-search-help" className={isBad ? 'm-bad' : 'm-hidden'} role="status">
        {isBad ? words.badForm : ''}
      </p>
    </form>
  )
}

function Choices({ filter, stores, onChange }: Props) {
  const words = memberStrings.filter
  const { storeId, state, boughtWithinDays, inactiveDays, silentDays, consent, ...others } = filter
  const rest = { storeId, state, boughtWithinDays, inactiveDays, silentDays, consent }
  const choose = (change: Partial<typeof rest>) => {
    onChange({ ...others, ...onlySet({ ...rest, ...change }) })
  }
  const bought = boughtOf(filter)
  return (
    <>
      <Choice
        label={words.store}
        value={storeId ?? ''}
        onChoose={(id) => choose({ storeId: id === '' ? undefined : (id as StoreId) })}
      >
        <option value="">{words.allStores}</option>
        {stores.list.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Choice>
      <Choice label={words.bought} value={bought} onChoose={(chosen) => choose(boughtFrom(chosen))}>
        <option value="">{words.anyBought}</option>
        {withOwn(BOUGHT_WITHIN_DAYS, boughtWithinDays).map((days) => (
          <option key={`w${String(days)}`} value={`w${String(days)}`}>
            {words.within(days)}
          </option>
        ))}
        {withOwn(INACTIVE_DAYS, inactiveDays).map((days) => (
          <option key={`i${String(days)}`} value={`i${String(days)}`}>
            {words.inactive(days)}
          </option>
        ))}
        {withOwn(SILENT_DAYS, silentDays).map((days) => (
          <option key={`s${String(days)}`} value={`s${String(days)}`}>
            {words.silent(days)}
          </option>
        ))}
      </Choice>
      <Choice
        label={words.state}
        value={state ?? ''}
        onChoose={(chosen) =>
          choose({ state: chosen === 'active' || chosen === 'pending' ? chosen : undefined })
        }
      >
        <option value="">{words.anyState}</option>
        <option value="active">{words.active}</option>
        <option value="pending">{words.pendingOnly}</option>
      </Choice>
      <Choice
        label={words.consent}
        value={consent ?? ''}
        onChoose={(chosen) =>
          choose({ consent: CONSENT_PURPOSES.find((purpose) => purpose === chosen) })
        }
      >
        <option value="">{words.anyConsent}</option>
        {CONSENT_PURPOSES.map((purpose) => (
          <option key={purpose} value={purpose}>
            {words[purpose]}
          </option>
        ))}
      </Choice>
    </>
  )
}

/** These are one choice on the page: together they would rarely find anybody. */
function boughtOf({ boughtWithinDays, inactiveDays, silentDays }: MemberFilter): string {
  if (silentDays !== undefined) return `s${String(silentDays)}`
  if (inactiveDays !== undefined) return `i${String(inactiveDays)}`
  return boughtWithinDays === undefined ? '' : `w${String(boughtWithinDays)}`
}

function boughtFrom(chosen: string) {
  const days = Number(chosen.slice(1))
  return {
    boughtWithinDays: chosen.startsWith('w') ? days : undefined,
    inactiveDays: chosen.startsWith('i') ? days : undefined,
    silentDays: chosen.startsWith('s') ? days : undefined,
  }
}

/** The offered days, and the one in the address when it is another. */
function withOwn(offered: readonly number[], own: number | undefined): number[] {
  return own === undefined || offered.includes(own)
    ? [...offered]
    : [...offered, own].sort((a, b) => a - b)
}

function onlySet(values: {
  [Key in Exclude<keyof MemberFilter, 'search' | 'ownerId'>]: MemberFilter[Key] | undefined
}): MemberFilter {
  const set = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(set)
}
