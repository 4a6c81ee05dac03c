import type { ConsoleStores } from '@huike/shared/contracts/console'
import { CHAIN_TIME_ZONE } from '@huike/shared/time-zone'
import { useQuery } from '../use-query.js'

type Store = ConsoleStores['stores'][number]

export interface Stores {
  /** Those this person may act for; empty until they are read. */
  list: readonly Store[]
  /** Is it known which stores there are? */
  isKnown: boolean
  nameOf: (id: string) => string
  /** The zone whose clock the pages show: that of the first store. */
  timeZone: string
}

/** The stores, for choosing one, naming one, and their clock. */
export function useStores(): Stores {
  const { value } = useQuery<ConsoleStores>('/stores')
  const list = value?.stores ?? []
  return {
    list,
    isKnown: value !== null,
    nameOf: (id) => list.find((store) => store.id === id)?.name ?? '',
    timeZone: list[0]?.timeZone ?? CHAIN_TIME_ZONE,
  }
}
