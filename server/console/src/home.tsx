import type { ConsoleStores, ConsoleToday } from '@huike/shared/contracts/console'
import { useCallback } from 'react'
import { getStores, getToday, type Answer } from './api.js'
import type { PageProps } from './shell.js'
import { Stores } from './stores.js'
import { strings } from './strings.js'
import { Today } from './today.js'
import { Trouble } from './trouble.js'
import { usePolled } from './use-polled.js'

interface Numbers {
  today: ConsoleToday
  stores: ConsoleStores
}

/** Good morning, today's numbers, and how the tills are. */
export default function Home({ session, onExpired }: PageProps) {
  const { accessToken, staff } = session
  const read = useCallback(() => readNumbers(accessToken), [accessToken])
  const polled = usePolled(read, onExpired)
  return (
    <>
      <h1>{strings.home.greeting(new Date().getHours(), staff.name)}</h1>
      <Trouble polled={polled} />
      {polled.value !== null && (
        <>
          <Today today={polled.value.today} />
          <Stores stores={polled.value.stores.stores} nowMs={polled.readAtMs} />
        </>
      )}
    </>
  )
}

/** Both answers together, or the first that failed. */
async function readNumbers(accessToken: string): Promise<Answer<Numbers>> {
  const [today, stores] = await Promise.all([getToday(accessToken), getStores(accessToken)])
  if (!today.ok) return today
  if (!stores.ok) return stores
  return { ok: true, value: { today: today.value, stores: stores.value } }
}
