import { hash } from 'node:crypto'

// Which keys a file has named before, for counting without keeping them: 52 bits of a hash each, in
// an open table. At most 32 bytes for each key. Two different keys of five million are taken for one
// once in many files, and then a count is off by one; nothing is decided by it.

const FIRST_SLOTS = 1_024
const HASH_BYTES = 6
const NIBBLE = 16
const FILLED_MAX = 0.5

export class SeenKeys {
  #slots = new Float64Array(FIRST_SLOTS)
  #count = 0

  has(key: string): boolean {
    return this.#slots[this.#slotOf(markOf(key), this.#slots)] !== 0
  }

  /** Notes a key; false when it was there. */
  add(key: string): boolean {
    const mark = markOf(key)
    const slot = this.#slotOf(mark, this.#slots)
    if (this.#slots[slot] !== 0) return false
    this.#slots[slot] = mark
    this.#count += 1
    if (this.#count > this.#slots.length * FILLED_MAX) this.#grow()
    return true
  }

  #slotOf(mark: number, slots: Float64Array): number {
    let slot = mark % slots.length
    while (slots[slot] !== 0 && slots[slot] !== mark) slot = (slot + 1) % slots.length
    return slot
  }

  #grow(): void {
    const larger = new Float64Array(this.#slots.length * 2)
    for (const mark of this.#slots) if (mark !== 0) larger[this.#slotOf(mark, larger)] = mark
    this.#slots = larger
  }
}

/** Never zero, which means an empty slot. */
function markOf(key: string): number {
  const bytes = hash('sha256', key, 'buffer')
  return bytes.readUIntBE(0, HASH_BYTES) * NIBBLE + ((bytes[HASH_BYTES] ?? 0) % NIBBLE) + 1
}
