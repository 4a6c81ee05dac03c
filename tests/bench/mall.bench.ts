// The points mall when everybody wants the same at once: 32 racers exchange points for one item,
// through the service, against a hand-written loop of as many racers that writes the same rows (the
// exchange first, the count of the item last, so that it is held for as short as can be), on the same
// database, in the same process, turn by turn. Each has half of the members, so that neither writes
// into the other's chains.
import { createHash } from 'node:crypto'
import { NEVER_EXPIRES_MS } from '@huike/shared/earning'
import type { MallItemId, RequestId } from '@huike/shared/ids'
import { epochMs } from '@huike/shared/quantities'
import { MallExchangesService } from '../../server/mall/mall-exchanges.service.js'
import { MallItemsService } from '../../server/mall/mall-items.service.js'
import type { SqlValue } from '../../server/platform/database.js'
import {
  databaseKinds,
  withBenchServer,
  type BenchDatabase,
  type BenchServer,
} from './bench-server.js'
import { insertInto, openRunner, type Step } from './coupon-racers.js'
import {
  medianRatio,
  medianRound,
  printFigure,
  roundFields,
  runRound,
  takeTurns,
} from './measure.js'
import { freshId } from './sales.js'

const RACERS = 32
const ROUND_MS = 400
const ROUNDS = 5
const PRICE = 1
/** As many as no round uses up. */
const PLENTY = 100_000_000
const CODE_DIGITS = 10
const ROWS_PER_INSERT = 500

/** Runs the comparison on every database there is. */
export async function bench(): Promise<void> {
  for (const kind of databaseKinds())
    await withBenchServer(kind, async (at, server) => {
      const itemId = await newItem(server)
      const [mine, theirs] = await richMembers(server)
      const run = await rawExchange(at, itemId, mine)
      const exchanges = server.app.get(MallExchangesService, { strict: false })
      const next = inTurn(theirs)
      const once = async () => {
        const requestId = freshId() as RequestId
        const request = { requestId, itemId, quantity: 1, pricePoints: PRICE }
        const exchanged = await exchanges.exchange(next().memberId, request)
        if (!exchanged.ok) throw new Error(`a racer was refused: ${exchanged.code}`)
      }
      const plan = { callers: RACERS, forMs: ROUND_MS }
      const rounds = await takeTurns(ROUNDS, {
        raw: () => runRound(plan, run.once),
        service: () => runRound(plan, once),
      })
      await run.close()
      const service = medianRound(rounds.service)
      printFigure({
        ...{ bench: `mall.exchange.${String(RACERS)}-racers`, database: at.kind },
        ...{ figure: service.perSecond, unit: 'exchanges/s' },
        ratio: medianRatio(rounds.service, rounds.raw),
        ...roundFields('service', service),
        ...roundFields('raw', medianRound(rounds.raw)),
      })
    })
}

/** A member with points, as the raw loop keeps their chain in mind. */
interface Rich {
  memberId: string
  lotId: string
  seq: number
  hash: string
  balance: number
}

async function newItem({ app, database }: BenchServer): Promise<MallItemId> {
  const requestId = freshId() as RequestId
  const items = app.get(MallItemsService, { strict: false })
  const saved = await database.write((tx) =>
    items.create(
      tx,
      {
        requestId,
        terms: {
          ...{ name: '帆布袋', words: '', category: '生活', pricePoints: PRICE, levelCodes: [] },
          gives: { kind: 'goods', fetchDays: 30, storeIds: [], lapse: 'back' },
        },
        limits: {
          ...{ state: 'open', stock: PLENTY, memberMax: null, periodMax: null },
          ...{ fromMs: epochMs(0), untilMs: null, sort: 0 },
        },
      },
      { staffId: freshId(), nowMs: Date.now() },
    ),
  )
  if (!saved.ok) throw new Error(saved.code)
  return saved.item.id as MallItemId
}

/** Every member with one lot of plenty; half of them for each. */
async function richMembers({ database }: BenchServer): Promise<[Rich[], Rich[]]> {
  const accounts = await database.read((rx) =>
    rx.rows<{ memberId: string; headSeq: number; headHash: string }>(
      'SELECT memberId, headSeq, headHash FROM points_account ORDER BY memberId',
    ),
  )
  const all = accounts.map(({ memberId, headSeq, headHash }): Rich => {
    return { memberId, lotId: freshId(), seq: headSeq, hash: headHash, balance: PLENTY }
  })
  const columns = ['id', 'memberId', 'leftPoints', 'availableAtMs', 'expiresAtMs', 'state']
  await database.write((tx) => tx.run('UPDATE points_account SET balancePoints = ?', [PLENTY]))
  for (let start = 0; start < all.length; start += ROWS_PER_INSERT) {
    const rows = all
      .slice(start, start + ROWS_PER_INSERT)
      .map(({ memberId, lotId }): SqlValue[] => [
        ...[lotId, memberId, PLENTY, 0, NEVER_EXPIRES_MS, 'open'],
      ])
    await database.write((tx) => tx.insert('points_lot', columns, rows))
  }
  return [all.filter((_, at) => at % 2 === 0), all.filter((_, at) => at % 2 === 1)]
}

/** One after the other, so that no two racers have the same member at a time. */
function inTurn(members: readonly Rich[]): () => Rich {
  let at = 0
  return () => {
    const one = members[at % members.length]
    at += 1
    if (!one) throw new Error('nobody is there')
    return one
  }
}

async function rawExchange(at: BenchDatabase, itemId: string, members: readonly Rich[]) {
  const { run, close } = await openRunner(at, RACERS)
  const next = inTurn(members)
  let codes = 0
  const once = async () => {
    codes += 1
    const isDone = await run(exchangeSteps(itemId, next(), `9${String(codes)}`))
    if (!isDone) throw new Error('a racer was refused')
  }
  return { once, close }
}

function exchangeSteps(itemId: string, member: Rich, number: string): Step[] {
  const nowMs = Date.now()
  const [id, transferId] = [freshId(), freshId()]
  const { memberId, lotId } = member
  member.seq += 1
  member.balance -= PRICE
  const said = {
    ...{ id: transferId, memberId, seq: member.seq, fromAccount: `member:${memberId}` },
    ...{ toAccount: 'programme:redeemed', points: PRICE, balanceAfterPoints: member.balance },
    ...{ reason: 'exchanged', sourceKey: id, explanation: '兑换 帆布袋' },
    ...{ actor: `member:${memberId}`, occurredAtMs: nowMs, recordedAtMs: nowMs },
    previousHash: member.hash,
  }
  member.hash = createHash('sha256').update(JSON.stringify(said)).digest('hex')
  return [
    insertInto('mall_exchange', {
      ...{ id, itemId, version: 1, kind: 'goods', memberId, requestKey: `${memberId}|${id}` },
      ...{ quantity: 1, points: PRICE, state: 'waiting', code: number.padStart(CODE_DIGITS, '0') },
      ...{ takenTransferId: transferId, expiresAtMs: NEVER_EXPIRES_MS, createdAtMs: nowMs },
      ...{ fetchUntilMs: nowMs, returnedPoints: 0 },
    }),
    insertInto('points_transfer', { ...said, hash: member.hash }),
    insertInto('points_lot_use', { transferId, lotId, points: PRICE, returnedPoints: 0 }),
    [
      'UPDATE points_lot SET leftPoints = leftPoints - ? WHERE id = ? AND leftPoints >= ?',
      [PRICE, lotId, PRICE],
      true,
    ],
    [
      `UPDATE points_account SET balancePoints = balancePoints - ?, headSeq = ?, headHash = ?
       WHERE memberId = ? AND balancePoints >= ?`,
      [PRICE, member.seq, member.hash, memberId, PRICE],
      true,
    ],
    ['UPDATE mall_item SET taken = taken + 1 WHERE id = ? AND taken + 1 <= stock', [itemId], true],
  ]
}
