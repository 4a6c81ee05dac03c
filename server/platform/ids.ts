import { hash, randomFillSync, randomInt } from 'node:crypto'
import type { Id } from '@huike/shared/ids'
import { memberNoFrom } from '@huike/shared/member-code'
import { monotonicFactory } from 'ulid'

const CHANCE_BYTES = 4_096
const BYTE_VALUES = 256

/** Chance for ids, fetched from the system in bulk: an id takes sixteen numbers. */
const chance = new Uint8Array(CHANCE_BYTES)
let chanceUsed = CHANCE_BYTES

const monotonic = monotonicFactory(() => {
  if (chanceUsed === CHANCE_BYTES) {
    randomFillSync(chance)
    chanceUsed = 0
  }
  const byte = chance[chanceUsed] ?? 0
  chanceUsed += 1
  return byte / BYTE_VALUES
})

/** Mints an id of the kind `B`; ids of one process sort in the order they were minted. */
export function mintId<B extends string>(nowMs: number): Id<B> {
  return monotonic(nowMs) as Id<B>
}

/** Mints a member number: eleven random digits and a check digit. Unique by the database's key. */
export function mintMemberNo(): string {
  return memberNoFrom(String(randomInt(0, 100_000_000_000)).padStart(11, '0'))
}

/** SHA-256 of text, in hex. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex')
}
