import { TableError } from './table-error.js'

// The texts an .xlsx file keeps once and names by number. They are needed in any order, so they stay
// in memory: as UTF-8 in one buffer, with where each ends. The bound: TEXT_BYTES_MAX and twice that
// while the buffer grows, and eight bytes for each text.

const TEXT_BYTES_MAX = 128 * 1_048_576
const FIRST_BYTES = 65_536
const FIRST_TEXTS = 1_024

export class SharedStrings {
  #text = Buffer.allocUnsafe(FIRST_BYTES)
  #ends = new Float64Array(FIRST_TEXTS)
  #bytes = 0
  #count = 0

  /** Adds the next text. Throws TableError beyond the bound. */
  add(text: string): void {
    const bytes = Buffer.byteLength(text)
    if (this.#bytes + bytes > TEXT_BYTES_MAX)
      throw new TableError('file_over_limits', '表格里不同的文字太多，请拆分，或另存为 CSV 后上传')
    if (this.#bytes + bytes > this.#text.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#text.length * 2, this.#bytes + bytes))
      this.#text.copy(larger, 0, 0, this.#bytes)
      this.#text = larger
    }
    if (this.#count === this.#ends.length) {
      const larger = new Float64Array(this.#ends.length * 2)
      larger.set(this.#ends)
      this.#ends = larger
    }
    this.#text.write(text, this.#bytes)
    this.#bytes += bytes
    this.#ends[this.#count] = this.#bytes
    this.#count += 1
  }

  /** The text with this number; null when there is none. */
  at(index: number): string | null {
    const end = index < this.#count ? this.#ends[index] : undefined
    if (end === undefined) return null
    return this.#text.toString('utf8', index === 0 ? 0 : this.#ends[index - 1], end)
  }
}
