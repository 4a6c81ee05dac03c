import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { MerkleTree } from './merkle.js'

const sha = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest()

/** As the RFC writes it down, without keeping anything. */
function rootOf(leaves: readonly string[]): Buffer {
  if (leaves.length === 0) return sha()
  if (leaves.length === 1) return sha(Buffer.of(0), Buffer.from(String(leaves[0])))
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return sha(Buffer.of(1), rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)))
}

function treeOf(leaves: readonly string[]): MerkleTree {
  const tree = new MerkleTree()
  for (const leaf of leaves) tree.add(leaf)
  return tree
}

describe('the root over a list', () => {
  it('of nothing is the hash of nothing', () => {
    expect(treeOf([]).root()).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    )
  })

  it.each(Array.from({ length: 33 }, (_, n) => n + 1))('of %i is that of the RFC', (count) => {
    const leaves = Array.from({ length: count }, (_, n) => `leaf ${String(n)}`)
    expect(treeOf(leaves).root()).toBe(rootOf(leaves).toString('hex'))
    expect(treeOf(leaves).size).toBe(count)
  })

  it('is another one when two leaves change places, or one is added', () => {
    const roots = [
      ['a', 'b', 'c'],
      ['b', 'a', 'c'],
      ['a', 'b', 'c', 'c'],
      ['a', 'bc'],
    ]
    expect(new Set(roots.map((leaves) => treeOf(leaves).root())).size).toBe(roots.length)
  })
})
