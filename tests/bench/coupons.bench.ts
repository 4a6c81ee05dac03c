// Coupons when everybody wants one at once: 32 racers take one of the same template (`claim`), or one
// by the code of a poster (`poster`), set the one they have aside for an order (`reserve`), and redeem it
// (`redeem`), through the services, against hand-written loops of as many racers that write the same rows
// (`coupon-racers`), on the same database, in the same process, turn by turn. What a round used is put
// back before the next, outside of what is measured. `race`: far more attempts than there are coupons,
// and what came of them.
import { posterDraftSchema } from '@huike/shared/contracts/coupon-posters'
import { couponTermsSchema } from '@huike/shared/contracts/coupons'
import { reservationRequestSchema } from '@huike/shared/contracts/coupons'
import { CouponClaimsService } from '../../server/coupons/coupon-claims.service.js'
import { CouponCodesService } from '../../server/coupons/coupon-codes.service.js'
import { CouponPostersService } from '../../server/coupons/coupon-posters.service.js'
import { CouponReservationsService } from '../../server/coupons/coupon-reservations.service.js'
import { CouponTemplatesService } from '../../server/coupons/coupon-templates.service.js'
import { SpendCouponsService } from '../../server/flows/spend-coupons.service.js'
import { listParameter, inList } from '../../server/platform/database.js'
import { GroupCommit } from '../../server/platform/group-commit.js'
import {
  databaseKinds,
  withBenchServer,
  type BenchDatabase,
  type BenchServer,
} from './bench-server.js'
import {
  GOODS_FEN,
  OFF_FEN,
  openRawRacers,
  type RacedCoupon,
  type RawRacers,
} from './coupon-racers.js'
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
/** As many as no round uses up. */
const PLENTY = 100_000_000
const STOCK = 10_000
const POSTER_CODE = 'BENCH2026'
/** `HUIKE_BENCH_ATTEMPTS=1000000` for the whole race. */
const ATTEMPTS = Number(process.env['HUIKE_BENCH_ATTEMPTS'] ?? 100_000)

/** Runs the comparisons on every database there is. */
export async function bench(): Promise<void> {
  for (const kind of databaseKinds())
    await withBenchServer(kind, async (at, server) => {
      const table = await Table.open(server)
      const raw = await openRawRacers(at, { templateId: table.templateId, racers: RACERS })
      try {
        for (const [name, subjects] of table.contests(raw)) await compare(at, name, subjects)
      } finally {
        await raw.close()
      }
      await race(at, table)
    })
}

interface Subject {
  before: () => Promise<void>
  once: () => Promise<unknown>
}

async function compare(
  at: BenchDatabase,
  name: string,
  subjects: Record<'raw' | 'service', Subject>,
): Promise<void> {
  const turn =
    ({ before, once }: Subject) =>
    async () => {
      await before()
      return runRound({ callers: RACERS, forMs: ROUND_MS }, once)
    }
  const rounds = await takeTurns(ROUNDS, {
    raw: turn(subjects.raw),
    service: turn(subjects.service),
  })
  const service = medianRound(rounds.service)
  printFigure({
    ...{ bench: `coupons.${name}.${String(RACERS)}-racers`, database: at.kind },
    ...{ figure: service.perSecond, unit: 'coupons/s' },
    ratio: medianRatio(rounds.service, rounds.raw),
    ...roundFields('service', service),
    ...roundFields('raw', medianRound(rounds.raw)),
  })
}

/** A template that everybody wants, and a coupon of it in the hands of every member. */
class Table {
  readonly #redeeming: GroupCommit<RacedCoupon, null>
  #next = 0

  private constructor(
    readonly server: BenchServer,
    readonly templateId: string,
    readonly coupons: readonly RacedCoupon[],
  ) {
    const reservations = server.app.get(CouponReservationsService, { strict: false })
    this.#redeeming = new GroupCommit(server.database, async (tx, asked) => {
      const ids = asked.map(({ reservationId }) => reservationId)
      const open = await reservations.open(tx, { ids, purchaseIds: [] })
      for (const { memberId, reservationId } of asked) {
        const reservation = open.byId(reservationId)
        if (!reservation) throw new Error('nothing is set aside')
        const sale = { id: freshId(), totalFen: GOODS_FEN - OFF_FEN }
        const by = { memberId, pointsFen: 0, actor: 'terminal:bench', nowMs: Date.now() }
        const shown = open.redeem(reservation, sale, by)
        if (shown !== 'redeemed') throw new Error(`not redeemed: ${shown}`)
      }
      await reservations.write(tx, open)
      return asked.map(() => null)
    })
  }

  static async open(server: BenchServer): Promise<Table> {
    const templateId = await newTemplate(server, PLENTY)
    await newPoster(server, templateId)
    const members = await server.database.read((rx) =>
      rx.rows<{ id: string }>('SELECT id FROM member ORDER BY id'),
    )
    const claims = server.app.get(CouponClaimsService, { strict: false })
    const coupons: RacedCoupon[] = []
    const waiting = members.map(({ id }) => id)
    const giving = async () => {
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        const given = await claims.give(giftOf(templateId, id))
        if (!given.ok) throw new Error(`a coupon was not given: ${given.code}`)
        coupons.push({ id: given.coupon.id, memberId: id, reservationId: freshId() })
      }
    }
    await Promise.all(Array.from({ length: RACERS }, giving))
    return new Table(server, templateId, coupons)
  }

  contests(raw: RawRacers): [string, Record<'raw' | 'service', Subject>][] {
    const claims = this.server.app.get(CouponClaimsService, { strict: false })
    const nothing = async () => undefined
    const done = async (work: Promise<boolean>) => {
      if (!(await work)) throw new Error('a racer was refused')
    }
    const issued = () => this.#putBack(false)
    const reserved = () => this.#putBack(true)
    return [
      [
        'claim',
        {
          raw: { before: nothing, once: () => done(raw.claim(this.#anybody().memberId)) },
          service: {
            before: nothing,
            once: () => claims.give(giftOf(this.templateId, this.#anybody().memberId)),
          },
        },
      ],
      [
        'poster',
        {
          raw: { before: issued, once: () => done(raw.claim(this.#nextOne().memberId)) },
          service: { before: issued, once: () => this.#byPoster(this.#nextOne().memberId) },
        },
      ],
      [
        'reserve',
        {
          raw: { before: issued, once: () => done(raw.reserve(this.#nextOne())) },
          service: { before: issued, once: () => done(this.reserve(this.#nextOne())) },
        },
      ],
      [
        'redeem',
        {
          raw: { before: reserved, once: () => done(raw.redeem(this.#nextOne())) },
          service: { before: reserved, once: () => this.#redeeming.submit(this.#nextOne()) },
        },
      ],
    ]
  }

  /** Sets a coupon aside at a till; false where that is refused. */
  async reserve({ id, memberId }: RacedCoupon, terminalId?: string): Promise<boolean> {
    const spending = this.server.app.get(SpendCouponsService, { strict: false })
    const request = reservationRequestSchema.parse({
      ...{ reservationId: freshId(), who: { by: 'member', memberId } },
      ...{ goodsFen: GOODS_FEN, chosen: [id] },
    })
    const { store, terminal } = this.server.from
    const at = { store, terminal: { ...terminal, id: terminalId ?? terminal.id } }
    return (await spending.reserve(at, request)).ok
  }

  async #byPoster(memberId: string): Promise<void> {
    const codes = this.server.app.get(CouponCodesService, { strict: false })
    const given = await codes.claim(memberId, POSTER_CODE)
    if (!given.ok || !given.isNew) throw new Error('a racer was refused')
  }

  #anybody(): RacedCoupon {
    const one = this.coupons[Math.floor(Math.random() * this.coupons.length)]
    if (!one) throw new Error('nobody is there')
    return one
  }

  #nextOne(): RacedCoupon {
    const one = this.coupons[this.#next]
    if (!one) throw new Error('a round used up all there are')
    this.#next += 1
    return one
  }

  /** Every coupon as it was given, or set aside; nothing else of the template in anybody's hands. */
  async #putBack(isReserved: boolean): Promise<void> {
    this.#next = 0
    const keptIds = this.coupons.map(({ id }) => id)
    await this.server.database.write(async (tx) => {
      await tx.run('DELETE FROM coupon_reservation')
      await tx.run('DELETE FROM coupon_step')
      await tx.run(`DELETE FROM coupon WHERE id NOT IN ${inList(tx)}`, [listParameter(tx, keptIds)])
      await tx.run(
        `UPDATE coupon SET state = 'issued', reservationId = NULL, purchaseId = NULL,
           offFen = NULL, endedAtMs = NULL`,
      )
      await tx.run('UPDATE coupon_template SET uses = 0, spentFen = 0')
    })
    if (isReserved) await this.#setAside()
  }

  async #setAside(): Promise<void> {
    const nowMs = Date.now()
    await this.server.database.write(async (tx) => {
      await tx.insert(
        'coupon_reservation',
        [
          ...['id', 'memberId', 'storeId', 'terminalId', 'goodsFen', 'offFen', 'applied', 'state'],
          ...['createdAtMs', 'deadlineAtMs'],
        ],
        this.coupons.map(({ id, memberId, reservationId }) => [
          ...[reservationId, memberId, this.server.from.store.id, this.server.from.terminal.id],
          ...[GOODS_FEN, OFF_FEN, JSON.stringify([{ couponId: id, offFen: OFF_FEN }]), 'reserved'],
          ...[nowMs, nowMs + 86_400_000],
        ]),
      )
      await tx.updateEach(
        'coupon',
        'id',
        ['state', 'reservationId', 'offFen'],
        this.coupons.map(({ id, reservationId }) => [id, 'reserved', reservationId, OFF_FEN]),
      )
    })
  }
}

/** Every racer takes and uses what it can get, far more often than there is anything. */
async function race(at: BenchDatabase, table: Table): Promise<void> {
  const { server, coupons } = table
  const templateId = await newTemplate(server, STOCK)
  const claims = server.app.get(CouponClaimsService, { strict: false })
  const members = coupons.map(({ memberId }) => memberId)
  const beganMs = performance.now()
  const taken: RacedCoupon[] = []
  let reservedTimes = 0
  await attempts(async (n) => {
    const given = await claims.give(giftOf(templateId, members[n % members.length] ?? ''))
    if (given.ok)
      taken.push({ id: given.coupon.id, memberId: given.coupon.memberId, reservationId: '' })
  })
  const claimedMs = performance.now()
  await attempts(async (n) => {
    // Neighbours in time want the same one, each at a till of its own: the same till may ask again.
    const coupon = taken[Math.floor(n / RACERS) % taken.length]
    if (coupon && (await table.reserve(coupon, freshId()))) reservedTimes += 1
  })
  const [sums] = await server.database.read((rx) =>
    rx.rows<{ given: number | string; used: number | string }>(
      `SELECT COUNT(*) AS given, SUM(CASE WHEN state = 'reserved' THEN 1 ELSE 0 END) AS used
       FROM coupon WHERE templateId = ?`,
      [templateId],
    ),
  )
  const given = Number(sums?.given)
  printFigure({
    ...{ bench: 'coupons.race', database: at.kind, unit: 'claims/s' },
    figure: ATTEMPTS / ((claimedMs - beganMs) / 1000),
    ...{ attempts: ATTEMPTS * 2, racers: RACERS, stock: STOCK, given },
    overIssued: Math.max(0, given - STOCK),
    reserved: reservedTimes,
    usedTwice: reservedTimes - Number(sums?.used),
    reservePerSecond: ATTEMPTS / ((performance.now() - claimedMs) / 1000),
  })
}

async function attempts(once: (n: number) => Promise<void>): Promise<void> {
  let next = 0
  const racer = async () => {
    while (next < ATTEMPTS) {
      next += 1
      await once(next - 1)
    }
  }
  await Promise.all(Array.from({ length: RACERS }, racer))
}

function giftOf(templateId: string, memberId: string) {
  const actor = `member:${memberId}`
  return { templateId, memberId, sourceKey: `bench|${freshId()}`, actor, isClaim: true }
}

async function newPoster({ app, database }: BenchServer, templateId: string): Promise<void> {
  const posters = app.get(CouponPostersService, { strict: false })
  const nowMs = Date.now()
  const draft = posterDraftSchema.parse({
    ...{ requestId: freshId(), templateId, name: '开业', storeId: null, code: POSTER_CODE },
    ...{ fromMs: nowMs, untilMs: nowMs + 86_400_000, total: PLENTY },
  })
  const made = await database.write((tx) =>
    posters.create(tx, draft, { staffId: freshId(), nowMs }),
  )
  if (!made.ok) throw new Error(made.code)
}

async function newTemplate({ app, database }: BenchServer, stock: number): Promise<string> {
  const templates = app.get(CouponTemplatesService, { strict: false })
  const nowMs = Date.now()
  const terms = couponTermsSchema.parse({
    ...{ name: '满减券', gives: { kind: 'amount', amountFen: OFF_FEN }, class: 'order' },
    ...{ stacking: 'classes', perOrderMax: 1, withPoints: true, refund: 'given_back' },
    ...{ validity: { kind: 'days', afterDays: 0, days: 30 }, bearer: 'chain' },
    when: {
      ...{ leastFen: 5_000, goods: null, notGoods: null, storeIds: [], channels: [] },
      ...{ levelCodes: [], isFirstPurchase: false, weekdays: [], fromTime: null, toTime: null },
    },
  })
  const limits = {
    ...{ state: 'open' as const, stock, memberMax: null, memberDayMax: null },
    ...{
      counterDayMax: null,
      budgetFen: null,
      usesMax: PLENTY,
      claimFromMs: nowMs as never,
      claimUntilMs: null,
    },
  }
  const draft = { requestId: freshId() as never, terms, limits }
  const made = await database.write((tx) =>
    templates.create(tx, draft, { staffId: freshId(), nowMs }),
  )
  if (!made.ok) throw new Error(made.code)
  return made.template.id
}
