import { createHash } from 'node:crypto'

// The Merkle tree hash of a list, as RFC 6962 section 2.1 defines it: a leaf is hashed after a zero
// byte, two hashes after a one, and a list splits at the largest power of two below its length.

const LEAF = Buffer.of(0)
const NODE = Buffer.of(1)

/** Takes the leaves one after the other; keeps one hash for each power of two. */
export class MerkleTree {
  readonly #peaks: { size: number; hash: Buffer }[] = []
  #size = 0

  /** How many leaves there were. */
  get size(): number {
    return this.#size
  }

  add(leaf: string): void {
    this.#size += 1
    let peak = { size: 1, hash: sha256(LEAF, Buffer.from(leaf)) }
    while (this.#peaks.at(-1)?.size === peak.size) {
      const left = this.#peaks.pop()
      if (left) peak = { size: peak.size * 2, hash: sha256(NODE, left.hash, peak.hash) }
    }
    this.#peaks.push(peak)
  }

  /** The root over the leaves so far, in hex; of none, the hash of nothing. */
  root(): string {
    const hashes = this.#peaks.map(({ hash }) => hash)
    const last = hashes.pop()
    if (!last) return sha256().toString('hex')
    return hashes.reduceRight((right, left) => sha256(NODE, left, right), last).toString('hex')
  }
}

function sha256(...parts: Buffer[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
