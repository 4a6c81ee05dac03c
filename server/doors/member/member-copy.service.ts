import { Inject, Injectable } from '@nestjs/common'
import { couponStateSchema, type CouponState } from '@huike/shared/contracts/coupons'
import { IDENTITY_KIND_NAMES, type IdentityKind } from '@huike/shared/identities'
import { PURPOSE_TEXTS, type ConsentPurpose } from '@huike/shared/purposes'
import { ConsentService } from '../../consent/consent.service.js'
import { CouponsService } from '../../coupons/coupons.service.js'
import type { Coupon } from '../../coupons/coupon.entity.js'
import { OfflineHistoryService } from '../../coupons/offline-history.service.js'
import { PackOrdersService } from '../../packs/pack-orders.service.js'
import { LevelsService } from '../../levels/levels.service.js'
import { PersonService } from '../../members/person.service.js'
import { ProfilesService } from '../../members/profiles.service.js'
import { InboxService } from '../../messages/inbox.service.js'
import { PickupListsService } from '../../pickups/pickup-lists.service.js'
import { Clock } from '../../platform/clock.js'
import { CONFIG, type Config } from '../../platform/config.js'
import { Database, type Rx } from '../../platform/database.js'
import { PointsService } from '../../points/points.service.js'
import type { Purchase } from '../../purchases/purchase.entity.js'
import { PurchasesService } from '../../purchases/purchases.service.js'
import { ReferralsService } from '../../referrals/referrals.service.js'
import { ReviewListsService } from '../../reviews/review-lists.service.js'
import { StoresService } from '../../stores/stores.service.js'
import {
  copyAsJson,
  copyAsPage,
  timeInWords,
  type CopyRow,
  type CopySection,
} from './copy-sections.js'
import { MallCopyService } from './mall-copy.service.js'
import { couponRow } from './coupon-copy.js'
import { allowancesCopy, findingsCopy } from './offline-copy.js'
import { packOrdersCopy } from './pack-copy.js'
import { purchaseRow } from './purchase-copy.js'

// Everything held of one member, for that member, under all the ids they have had: what a merged record
// was told, bought and earned is theirs as well. Nothing of it is written down on the way: it is read a
// page at a time while it is sent.

const ROWS_PER_READ = 200
const LINES_PER_PURCHASE_MAX = 1_000
const CONSENT_FACTS_MAX = 1_000

const NOT_TOLD = '未填写'
const GENDER_WORDS = { female: '女', male: '男' } as const
const STATE_WORDS: Readonly<Record<string, string>> = {
  noticed: '已告知',
  granted: '同意',
  withdrawn: '撤回',
}
const REVIEW_STATE_WORDS: Readonly<Record<string, string>> = {
  waiting: '待审核',
  approved: '已通过',
  declined: '未通过',
  withdrawn: '已撤回',
}

type Pages = AsyncGenerator<CopyRow[]>

@Injectable()
export class MemberCopyService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly person: PersonService,
    private readonly profiles: ProfilesService,
    private readonly consents: ConsentService,
    private readonly points: PointsService,
    private readonly purchases: PurchasesService,
    private readonly pickups: PickupListsService,
    private readonly stores: StoresService,
    private readonly inbox: InboxService,
    private readonly levels: LevelsService,
    private readonly coupons: CouponsService,
    private readonly orders: PackOrdersService,
    private readonly mall: MallCopyService,
    private readonly offline: OfflineHistoryService,
    private readonly reviews: ReviewListsService,
    private readonly referrals: ReferralsService,
  ) {}

  /** The copy for machines. */
  asJson(memberId: string): AsyncGenerator<string> {
    const head = { generatedAtMs: this.clock.nowMs(), memberId, format: 'huike-copy/1' }
    return copyAsJson(head, this.#sections(memberId))
  }

  /** The copy for people. */
  asPage(memberId: string): AsyncGenerator<string> {
    const lead = `生成于 ${timeInWords(this.clock.nowMs())}。这里是${this.config.programmeName}保存的与您有关的全部信息。`
    return copyAsPage('我的个人信息', lead, this.#sections(memberId))
  }

  #sections(memberId: string): CopySection[] {
    const kept = { database: this.database, offline: this.offline }
    const sections: [name: string, title: string, empty: string, pages: (id: string) => Pages][] = [
      ['identities', '身份', '没有', (id) => this.#identities(id)],
      ['profile', '会员资料', '没有填写', (id) => this.#profile(id)],
      ['consents', '授权记录', '没有记录', (id) => this.#consents(id)],
      ['purchases', '消费记录', '没有消费', (id) => this.#purchases(id)],
      ['reviews', '评价', '没有评价', (id) => this.#reviews(id)],
      ['referrals', '推荐', '没有推荐过好友', (id) => this.#referrals(id)],
      ['points', '积分记录', '没有积分', (id) => this.#points(id)],
      ['coupons', '优惠券', '没有优惠券', (id) => this.#coupons(id)],
      [
        'packs',
        '券包订单',
        '没有买过券包',
        (id) => packOrdersCopy({ database: this.database, orders: this.orders }, id),
      ],
      ['exchanges', '积分兑换', '没有兑换过', (id) => this.mall.pages(id)],
      ['offlineAllowances', '留给收银台断网时用的', '没有留过', (id) => allowancesCopy(kept, id)],
      ['offlineFindings', '断网使用的核对', '没有', (id) => findingsCopy(kept, id)],
      ['growth', '成长值记录', '没有成长值', (id) => this.#growth(id)],
      ['levels', '等级变动', '没有变动', (id) => this.#levels(id)],
      ['messages', '收到的消息', '没有消息', (id) => this.#messages(id)],
    ]
    return sections.map(([name, title, empty, pages]) =>
      section(name, title, empty, this.#ofAllIds(memberId, pages)),
    )
  }

  /** The pages of the member, and then those of the records merged into theirs. */
  async *#ofAllIds(memberId: string, pages: (id: string) => Pages): Pages {
    const ids = await this.database.read((rx) => this.person.idsOfPerson(rx, memberId))
    yield* pages(memberId)
    for (const id of ids) if (id !== memberId) yield* pages(id)
  }

  async *#identities(memberId: string): Pages {
    const rows = await this.database.read((rx) => this.person.identitiesOf(rx, [memberId]))
    yield rows.map((row) => ({
      facts: { ...row },
      words: [
        [IDENTITY_KIND_NAMES[row.kind as IdentityKind], row.value],
        ['首次出现', timeInWords(row.firstSeenAtMs)],
      ],
    }))
  }

  async *#profile(memberId: string): Pages {
    const told = await this.database.read((rx) => this.profiles.profilesOf(rx, [memberId]))
    const profile = told.get(memberId)
    if (!profile) return
    const { name, birthday, gender, email, address, city, updatedAtMs } = profile
    yield [
      {
        facts: { name, birthday, gender, email, address, city, updatedAtMs },
        words: [
          ['姓名', name ?? NOT_TOLD],
          ['生日', birthday ?? NOT_TOLD],
          ['性别', gender === null ? NOT_TOLD : GENDER_WORDS[gender]],
          ['邮箱', email ?? NOT_TOLD],
          ['地址', address ?? NOT_TOLD],
          ['城市', city ?? NOT_TOLD],
          ['更新时间', timeInWords(updatedAtMs)],
        ],
      },
    ]
  }

  async *#consents(memberId: string): Pages {
    const facts = await this.database.read((rx) =>
      this.consents.factsOf(rx, memberId, CONSENT_FACTS_MAX),
    )
    yield facts.map(({ purpose, state, policyVersion, textSha256, how, occurredAtMs }) => ({
      facts: { purpose, state, policyVersion, textSha256, how, occurredAtMs },
      words: [
        ['用途', purposeInWords(purpose)],
        ['您的选择', STATE_WORDS[state] ?? state],
        ['告知版本', policyVersion],
        ['时间', timeInWords(occurredAtMs)],
      ],
    }))
  }

  async *#purchases(memberId: string): Pages {
    let before: { occurredAtMs: number; id: string } | null = null
    for (;;) {
      const page: { rows: Purchase[]; told: CopyRow[] } = await this.database.read(async (rx) => {
        const query = { memberId, channel: null, before, limit: ROWS_PER_READ }
        const rows = await this.purchases.ofMember(rx, query)
        const ids = rows.map((row) => row.id)
        const lines = await this.purchases.firstLinesOf(rx, ids, LINES_PER_PURCHASE_MAX)
        const fetched = await this.#fetched(rx, ids)
        const told = rows.map((row) => purchaseRow(row, lines.get(row.id) ?? [], fetched(row)))
        return { rows, told }
      })
      yield page.told
      const last = page.rows.at(-1)
      if (!last || page.rows.length < ROWS_PER_READ) return
      before = { occurredAtMs: last.occurredAtMs, id: last.id }
    }
  }

  /** Where purchases are fetched, or were. */
  async #fetched(rx: Rx, ids: readonly string[]) {
    const pickups = await this.pickups.of(rx, ids)
    const names = await this.stores.namesOf(
      rx,
      [...pickups.values()].map(({ storeId }) => storeId),
    )
    return ({ id }: Purchase) => {
      const pickup = pickups.get(id)
      return pickup ? { pickup, storeName: names.get(pickup.storeId) ?? '' } : null
    }
  }

  async *#reviews(memberId: string): Pages {
    for (let afterId = ''; ;) {
      const ask = { memberId, afterId, limit: ROWS_PER_READ }
      const rows = await this.database.read((rx) => this.reviews.writtenBy(rx, ask))
      yield rows.map(({ purchaseId, state, stars, text, reason, givenPoints, writtenAtMs }) => ({
        facts: { purchaseId, state, stars, text, reason, givenPoints, writtenAtMs },
        words: [
          ['评价', REVIEW_STATE_WORDS[state] ?? state],
          ['星级', stars === null ? '已撤回' : `${String(stars)} 星`],
          ['内容', text ?? '已撤回'],
          ...(reason === null ? [] : [['不通过的原因', reason] as const]),
          ['时间', timeInWords(writtenAtMs)],
        ],
      }))
      afterId = rows.at(-1)?.id ?? afterId
      if (rows.length < ROWS_PER_READ) return
    }
  }

  async *#referrals(memberId: string): Pages {
    for (let afterId = ''; ;) {
      const ask = { memberId, afterId, limit: ROWS_PER_READ }
      const rows = await this.database.read((rx) => this.referrals.partsOf(rx, ask))
      yield rows.map(({ id, referrerId, state, boundAtMs, ...row }) => {
        const isReferrer = referrerId === memberId
        const given = isReferrer ? row.referrerPoints : row.friendPoints
        return {
          facts: { id, role: isReferrer ? 'referrer' : 'friend', state, points: given, boundAtMs },
          words: [
            ['推荐', isReferrer ? '推荐了一位好友' : '应朋友推荐注册'],
            ['所得积分', given === null ? '没有' : String(given)],
            ['时间', timeInWords(boundAtMs)],
          ],
        }
      })
      afterId = rows.at(-1)?.id ?? afterId
      if (rows.length < ROWS_PER_READ) return
    }
  }

  async *#points(memberId: string): Pages {
    let beforeSeq: number | null = null
    for (;;) {
      const query: Parameters<PointsService['history']>[1] = {
        ...{ memberId, beforeSeq, limit: ROWS_PER_READ },
      }
      const rows: Awaited<ReturnType<PointsService['history']>> = await this.database.read((rx) =>
        this.points.history(rx, query),
      )
      yield rows.map(({ signedPoints, balanceAfterPoints, explanation, occurredAtMs }) => ({
        facts: { points: signedPoints, balanceAfterPoints, explanation, occurredAtMs },
        words: [
          ['积分变动', String(signedPoints)],
          ['变动后', String(balanceAfterPoints)],
          ['说明', explanation],
          ['时间', timeInWords(occurredAtMs)],
        ],
      }))
      const last = rows.at(-1)
      if (!last || rows.length < ROWS_PER_READ) return
      beforeSeq = last.seq
    }
  }

  /** By what became of them, as they are found fast. One that is used meanwhile may be told twice. */
  async *#coupons(memberId: string): Pages {
    for (const state of couponStateSchema.options) yield* this.#couponsIn(memberId, state)
  }

  async *#couponsIn(memberId: string, state: CouponState): Pages {
    let after: { validUntilMs: number; id: string } | null = null
    for (;;) {
      const page: { rows: Coupon[]; told: CopyRow[] } = await this.database.read(async (rx) => {
        const query = { state, after, limit: ROWS_PER_READ }
        const rows = await this.coupons.ofMember(rx, memberId, query)
        const held = await this.coupons.withTerms(rx, rows)
        const told = held.flatMap(({ terms }, at) => {
          const row = rows[at]
          return row ? [couponRow(row, terms)] : []
        })
        return { rows, told }
      })
      yield page.told
      const last = page.rows.at(-1)
      if (!last || page.rows.length < ROWS_PER_READ) return
      after = { validUntilMs: last.validUntilMs, id: last.id }
    }
  }

  async *#growth(memberId: string): Pages {
    for (let afterSeq = 0; ;) {
      const ask = { memberId, afterSeq, limit: ROWS_PER_READ }
      const rows = await this.database.read((rx) => this.levels.entries(rx, ask))
      yield rows.map(({ growth, explanation, occurredAtMs }) => ({
        facts: { growth, explanation, occurredAtMs },
        words: [
          ['成长值变动', String(growth)],
          ['说明', explanation],
          ['时间', timeInWords(occurredAtMs)],
        ],
      }))
      afterSeq = rows.at(-1)?.seq ?? afterSeq
      if (rows.length < ROWS_PER_READ) return
    }
  }

  async *#levels(memberId: string): Pages {
    const history = await this.database.read((rx) => this.levels.history(rx, memberId))
    yield history.map(({ fromName, toName, explanation, atMs }) => ({
      facts: { fromName, toName, explanation, atMs },
      words: [
        ['等级', `${fromName} → ${toName}`],
        ['说明', explanation],
        ['时间', timeInWords(atMs)],
      ],
    }))
  }

  async *#messages(memberId: string): Pages {
    let before: { sentAtMs: number; id: string } | null = null
    for (;;) {
      const query: Parameters<InboxService['page']>[1] = { memberId, before, limit: ROWS_PER_READ }
      const rows: Awaited<ReturnType<InboxService['page']>> = await this.database.read((rx) =>
        this.inbox.page(rx, query),
      )
      yield rows.map(({ title, body, sentAtMs, readAtMs }) => ({
        facts: { title, body, sentAtMs, readAtMs },
        words: [
          ['标题', title],
          ['正文', body],
          ['时间', timeInWords(sentAtMs)],
        ],
      }))
      const last = rows.at(-1)
      if (!last || rows.length < ROWS_PER_READ) return
      before = { sentAtMs: last.sentAtMs, id: last.id }
    }
  }
}

function section(
  name: string,
  title: string,
  none: string,
  pages: AsyncIterable<readonly CopyRow[]>,
): CopySection {
  return { name, title, none, pages }
}

function purposeInWords(purpose: string): string {
  if (purpose === 'membership') return '成为会员'
  return Object.hasOwn(PURPOSE_TEXTS, purpose)
    ? PURPOSE_TEXTS[purpose as ConsentPurpose].title
    : purpose
}
