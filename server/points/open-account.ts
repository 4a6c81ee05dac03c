import { isWithin } from './chain.js'
import { unreadLots, type OpenLots } from './lot-rows.js'
import type { PointsTransfer } from './points-transfer.entity.js'

/** An account of the book that is open for writing. */
export interface OpenAccount {
  balance: number
  seq: number
  hash: string
  /** What the next earnings pay. */
  owed: number
  isOwedChanged: boolean
  isNew: boolean
  openedAtMs: number
  /** What was posted here, in order, and is not in the lots yet. */
  unfollowed: PointsTransfer[]
  isChanged: boolean
  lots: OpenLots | null
}

/** The lots of an account after everything that was posted on it. */
export function followed(account: OpenAccount): OpenLots {
  if (account.lots === null && account.unfollowed.some(needsLots))
    throw new Error('the lots of this account have not been read')
  const lots = (account.lots ??= unreadLots())
  for (const transfer of account.unfollowed.splice(0)) lots.now.follow(transfer)
  return lots
}

/** Whether it has to be known what lots there are. */
export function needsLots(move: PointsTransfer): boolean {
  if (isWithin(move.reason)) return false
  return move.expiresAtMs === null || move.answersTransferId !== null
}
