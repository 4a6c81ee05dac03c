import type { ConsoleStores, ConsoleToday } from '@huike/shared/contracts/console'
import { count, timeOfDay } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { tillHealth } from '../stores/till-health.js'
import { strings } from '../strings.js'
import { Trouble } from '../trouble.js'
import { REFRESH_EVERY_MS, useQuery } from '../use-query.js'
import { Attention } from './attention.js'
import { Sales } from './sales.js'

/** A chain may have thousands: here are the first ones, those with a silent till before others. */
const STORES_SHOWN_MAX = 6

const words = strings.today

/** Good morning, today's numbers, and what needs somebody. */
export default function TodayPage() {
  const { staff, may } = useSession()
  const today = useQuery<ConsoleToday>('/today', { everyMs: REFRESH_EVERY_MS })
  const { value } = today
  const note =
    value === null
      ? strings.role(staff.role)
      : `${words.businessDay(value.businessDate)} · ${words.asOf(timeOfDay(today.readAtMs))}`
  return (
    <PageFrame title={words.greeting(new Date().getHours(), staff.name)} note={note}>
      <Trouble query={today} />
      {value !== null && (
        <>
          <Sales today={value} />
          {may('sources.view') && <Attention today={value} />}
        </>
      )}
      {may('terminals.manage') && <Stores />}
    </PageFrame>
  )
}

/** Some stores with how many of their tills are connected. */
function Stores() {
  const query = useQuery<ConsoleStores>('/stores', { everyMs: REFRESH_EVERY_MS })
  if (query.value === null) return <Trouble query={query} rows={3} />
  const stores = query.value.stores.map(({ id, name, terminals }) => {
    const states = terminals.map((terminal) => tillHealth(terminal, query.readAtMs))
    const inUse = states.filter((state) => state === 'online' || state === 'offline')
    const online = states.filter((state) => state === 'online').length
    return { id, name, online, all: inUse.length }
  })
  const [first, rest] = [
    stores.filter(({ online, all }) => online < all),
    stores.filter(({ online, all }) => online === all),
  ]
  const shown = [...first, ...rest].slice(0, STORES_SHOWN_MAX)
  if (stores.length === 0) return null
  return (
    <section aria-labelledby="today-stores">
      <div className="section-head">
        <h2 id="today-stores">{words.stores}</h2>
        <a href={hrefOf('/stores')}>{words.allStores(count(stores.length))}</a>
      </div>
      <ul className="rows">
        {shown.map(({ id, name, online, all }) => (
          <li key={id} className="row">
            <span>{name}</span>
            <span className={online < all ? 'row-end warn' : 'row-end note'}>
              {all === 0 ? words.storeNoTills : words.storeTills(count(online), count(all))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
