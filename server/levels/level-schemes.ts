import type { LevelScheme } from '@huike/shared/contracts/levels'
import { FIRST_SCHEME, levelNameIn } from '@huike/shared/levels'

// The published schemes, each from its moment on.

/** A version, and from when it holds. */
export interface PublishedScheme {
  effectiveFromMs: number
  scheme: LevelScheme
}

export class LevelSchemes {
  /** `published` in the order of their versions; the later one holds where two begin together. */
  constructor(private readonly published: readonly PublishedScheme[]) {}

  /** True where nobody ever published any: then there is nothing to do. */
  get isEmpty(): boolean {
    return this.published.length === 0
  }

  /** The scheme in force at a moment. */
  at(atMs: number): LevelScheme {
    const last = this.published.reduce<PublishedScheme | null>(
      (latest, one) =>
        one.effectiveFromMs > atMs ||
        (latest !== null && latest.effectiveFromMs > one.effectiveFromMs)
          ? latest
          : one,
      null,
    )
    return last?.scheme ?? FIRST_SCHEME
  }

  /** The version that was published last, also where its moment has not come. */
  get latest(): LevelScheme {
    return this.published.at(-1)?.scheme ?? FIRST_SCHEME
  }

  /** What people read for a level code at a moment. */
  nameOf(code: string, atMs: number): string {
    return levelNameIn(this.at(atMs), code)
  }
}
