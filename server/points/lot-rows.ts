import { inList, listParameter, valuesOf, type Tx } from '../platform/database.js'
import { MemberLots, type Lot, type LotUse } from './lots.js'
import type { PointsLotUse } from './points-lot-use.entity.js'
import type { PointsLot } from './points-lot.entity.js'

// Lots as rows. Their accounts are locked, so that nobody else changes them meanwhile.

const LOT_COLUMNS = [
  'id',
  'memberId',
  'leftPoints',
  'availableAtMs',
  'expiresAtMs',
  'state',
] as const satisfies (keyof PointsLot)[]
const USE_COLUMNS = [
  'transferId',
  'lotId',
  'points',
  'returnedPoints',
] as const satisfies (keyof PointsLotUse)[]

/** The lots of one account in this transaction, and how they stood before. */
export interface OpenLots {
  now: MemberLots
  before: MemberLots
}

/** The lots of an account of which nothing has to be known: it only gains. */
export function unreadLots(): OpenLots {
  return { now: new MemberLots(), before: new MemberLots() }
}

/** Reads the lots of these members that have points left, and what these transfers took of lots. */
export async function readLots(
  tx: Tx,
  memberIds: readonly string[],
  answeredIds: readonly string[],
): Promise<Map<string, OpenLots>> {
  const uses =
    answeredIds.length === 0
      ? []
      : await tx.rows<LotUse>(
          `SELECT transferId, lotId, points, returnedPoints FROM points_lot_use
           WHERE transferId IN ${inList(tx)}`,
          [listParameter(tx, answeredIds)],
        )
  const lots = await tx.rows<PointsLot>(
    `SELECT id, memberId, leftPoints, availableAtMs, expiresAtMs FROM points_lot
     WHERE memberId IN ${inList(tx)} AND state = 'open'`,
    [listParameter(tx, memberIds)],
  )
  const read = new Set(lots.map(({ id }) => id))
  const used = uses.flatMap(({ lotId }) => (read.has(lotId) ? [] : [lotId]))
  if (used.length > 0)
    lots.push(
      ...(await tx.rows<PointsLot>(
        `SELECT id, memberId, leftPoints, availableAtMs, expiresAtMs FROM points_lot
         WHERE id IN ${inList(tx)} AND state = 'used'`,
        [listParameter(tx, [...new Set(used)])],
      )),
    )
  return new Map(
    memberIds.map((memberId) => {
      const own = lots.filter((lot) => lot.memberId === memberId).map(lotOf)
      const ids = new Set(own.map(({ id }) => id))
      const ownUses = uses.filter(({ lotId }) => ids.has(lotId))
      return [memberId, { now: new MemberLots(own, ownUses), before: new MemberLots(own, ownUses) }]
    }),
  )
}

/** Writes what changed. */
export async function writeLots(tx: Tx, accounts: ReadonlyMap<string, OpenLots>): Promise<void> {
  const fresh: PointsLot[] = []
  const changed: Lot[] = []
  const freshUses: LotUse[] = []
  const returned: LotUse[] = []
  for (const [memberId, { now, before }] of accounts) {
    const known = new Map(before.lots().map((lot) => [lot.id, lot]))
    for (const lot of now.lots()) {
      const was = known.get(lot.id)
      if (!was) fresh.push({ ...lot, memberId, state: stateOf(lot) })
      else if (was.leftPoints !== lot.leftPoints) changed.push(lot)
    }
    const knownUses = new Map(before.uses().map((use) => [keyOf(use), use]))
    for (const use of now.uses()) {
      const was = knownUses.get(keyOf(use))
      if (!was) freshUses.push(use)
      else if (was.returnedPoints !== use.returnedPoints) returned.push(use)
    }
  }
  await tx.insert(
    'points_lot',
    LOT_COLUMNS,
    fresh.map((lot) => valuesOf(lot, LOT_COLUMNS)),
  )
  await tx.updateEach(
    'points_lot',
    'id',
    ['leftPoints', 'state'],
    changed.map((lot) => [lot.id, lot.leftPoints, stateOf(lot)]),
  )
  await tx.insert(
    'points_lot_use',
    USE_COLUMNS,
    freshUses.map((use) => valuesOf(use, USE_COLUMNS)),
  )
  for (const { transferId, lotId, returnedPoints } of returned)
    await tx.run(
      'UPDATE points_lot_use SET returnedPoints = ? WHERE transferId = ? AND lotId = ?',
      [returnedPoints, transferId, lotId],
    )
}

function lotOf({ id, leftPoints, availableAtMs, expiresAtMs }: PointsLot): Lot {
  return { id, leftPoints, availableAtMs, expiresAtMs }
}

function keyOf({ transferId, lotId }: LotUse): string {
  return `${transferId}|${lotId}`
}

function stateOf({ leftPoints }: Lot): string {
  return leftPoints > 0 ? 'open' : 'used'
}
