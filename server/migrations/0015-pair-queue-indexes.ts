import { addsIndex } from '../platform/schema.js'

// The queue of pairs, of one verdict: what a page of the console and merging by rule ask for.

/** Migration 71. */
export const pairQueueIndexes = [
  addsIndex(71, 'duplicate_pair', 'ix_duplicate_pair_verdict', ['state', 'verdict', 'score', 'id']),
]
