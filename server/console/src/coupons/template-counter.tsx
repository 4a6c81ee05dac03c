import type { CounterCounts } from '@huike/shared/contracts/console-coupons'
import { count } from '../format.js'
import { Table } from '../table.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { formStrings as words } from './form-strings.js'

/** How many each store gave at its counter; nothing where none ever did. */
export function TemplateCounter({ path }: { path: string }) {
  const query = useQuery<CounterCounts>(path)
  const stores = query.value?.stores ?? []
  return (
    <>
      <Trouble query={query} />
      {stores.length > 0 && (
        <Table
          title={words.counterTitle}
          note={words.counterNote}
          columns={words.counterColumns}
          rows={stores.map(({ name, today, ever }) => [name, count(today), count(ever)])}
        />
      )}
    </>
  )
}
