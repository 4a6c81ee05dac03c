import type { Keeper, KeptName } from './keeper.js'
import type { Kept, Shelf } from './remote.js'

/** Purchases whose detail stays readable without a network. */
const DETAILS_KEPT_MAX = 20

/** A shelf for one thing under one name. */
export function shelfOf<T>(keeper: Keeper, name: KeptName): Shelf<T> {
  return {
    read: () => keeper.read<Kept<T>>(name),
    write: (kept) => {
      keeper.write(name, kept)
    },
  }
}

/** A shelf for one of many things under one name; only the most recent ones stay. */
export function shelfOfOne<T>(keeper: Keeper, name: KeptName, id: string): Shelf<T> {
  interface Entry extends Kept<T> {
    readonly id: string
  }
  const entries = () => keeper.read<Entry[]>(name) ?? []
  return {
    read: () => entries().find((entry) => entry.id === id) ?? null,
    write: (kept) => {
      const others = entries().filter((entry) => entry.id !== id)
      keeper.write(name, [{ ...kept, id }, ...others].slice(0, DETAILS_KEPT_MAX))
    },
  }
}
