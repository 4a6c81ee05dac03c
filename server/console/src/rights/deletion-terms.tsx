import type { Deletion } from '@huike/shared/contracts/rights'
import { count } from '../format.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { deletionStrings as words } from './strings.js'

/** What a member would lose, by today's count. */
export function DeletionTerms({ memberId }: { memberId: string }) {
  const query = useQuery<Deletion>(`/members/${memberId}/deletion`)
  const { value } = query
  return (
    <>
      <Trouble query={query} rows={2} />
      {value !== null && <p>{termsWords(value)}</p>}
    </>
  )
}

/** The same as a sentence. */
export function termsWords(terms: Deletion): string {
  return words.termsWords({
    points: count(terms.balancePoints),
    level: terms.levelName,
    purchases: count(terms.purchaseCount),
    messages: count(terms.messageCount),
    orders: terms.waitingOrders === 0 ? null : count(terms.waitingOrders),
    goods: terms.waitingPieces === 0 ? null : count(terms.waitingPieces),
  })
}
