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

/** A shelf beside what another one showed: the newer of both is read. Null keeps nothing itself. */
export function shelfBeside<T>(own: Shelf<T> | null, seen: () => Kept<T> | null): Shelf<T> {
  return {
    read: () => {
      const [kept, other] = [own?.read() ?? null, seen()]
      if (kept === null || other === null) return kept ?? other
      return other.atMs > kept.atMs ? other : kept
    },
    write: (kept) => own?.write(kept),
  }
}

/** A part of what is shown, with its time; null where there is no such part. */
export function partOf<Whole, T>(
  { kept }: { readonly kept: Kept<Whole> | null },
  pick: (whole: Whole) => T | undefined,
): Kept<T> | null {
  const value = kept === null ? undefined : pick(kept.value)
  return kept === null || value === undefined ? null : { value, atMs: kept.atMs }
}
