import {
  consentChangeSchema,
  inboxPageSchema,
  inboxReadSchema,
  privacySchema,
  profileChangeSchema,
  profileSchema,
  subscriptionAnswerSchema,
  subscriptionsSchema,
  type ConsentChange,
  type ConsentState,
  type InboxMessage,
  type inboxMessageSchema,
  type Profile,
  type SubscriptionAnswer,
} from '@huike/shared/contracts/account'
import {
  COOLING_OFF_DAYS_DEFAULT,
  copySchema,
  deletionAskSchema,
  deletionSchema,
  type DeletionAsk,
} from '@huike/shared/contracts/rights'
import type { OutcomeCode } from '@huike/shared/outcomes'
import { CONSENT_PURPOSES, PURPOSE_TEXTS, type ConsentPurpose } from '@huike/shared/purposes'
import type { z } from 'zod'

// The shopper's own corner of the stand-in: messages, profile, privacy, subscriptions. Like the rest
// of it, every body and every answer passes the contract's schema.

const PAGE_ROWS = 20
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
const FIRST_SENT_AT_MS = Date.UTC(2026, 10, 1, 2)
const ORDINARY_MESSAGES = 24

export interface AccountQuestion {
  readonly method: string
  /** Path below /member/v1. */
  readonly path: string
  readonly cursor: string | null
  readonly body: unknown
}

export type AccountAnswer = { body: unknown } | { refusal: OutcomeCode }

/** One member's corner; tests change its fields and read what was told to it. */
export class StandInAccount {
  messages: InboxMessage[] = manyMessages()
  profile: Profile = {
    phoneMasked: '138****8000',
    name: null,
    birthday: null,
    gender: null,
    email: null,
    city: null,
    address: null,
    updatedAtMs: null,
    askFor: ['name', 'birthday'],
  }
  templates = [{ templateId: 'template-offers', title: '优惠与活动提醒' }]
  policyVersion = '2026-01'
  readonly consents = new Map<ConsentPurpose, { state: ConsentState; changedAtMs: number | null }>(
    CONSENT_PURPOSES.map((purpose) => [purpose, { state: 'never_asked', changedAtMs: null }]),
  )
  /** When the membership is deleted; null while nobody asked. */
  deletionDueAtMs: number | null = null
  losses = {
    ...{ balancePoints: 1_286, levelName: '金卡会员', purchaseCount: 27, messageCount: 26 },
    ...{ waitingPieces: 1, waitingOrders: 1 },
  }
  /** Everything that was told, repetitions included. */
  readonly told = {
    read: [] as string[],
    consents: [] as ConsentChange[],
    prompts: [] as SubscriptionAnswer[],
    deletions: [] as DeletionAsk[],
  }
  readonly #counted = new Map<string, SubscriptionAnswer>()

  /** Answers, or gives undefined for a question that is not about this corner. */
  answer({ method, path, cursor, body }: AccountQuestion): AccountAnswer | undefined {
    switch (`${method} ${path}`) {
      case 'GET /messages':
        return { body: this.#inbox(Number(cursor ?? '0')) }
      case 'POST /messages/read':
        return this.#markRead(inboxReadSchema.parse(body).ids)
      case 'GET /profile':
        return { body: profileSchema.parse(this.profile) }
      case 'PUT /profile':
        this.profile = profileSchema.parse({
          ...this.profile,
          ...profileChangeSchema.parse(body),
          updatedAtMs: Date.now(),
        })
        return { body: this.profile }
      case 'GET /privacy':
        return { body: this.#privacy() }
      case 'POST /consents':
        return this.#consent(consentChangeSchema.parse(body))
      case 'GET /deletion':
        return { body: this.#deletion() }
      case 'POST /deletion':
        return this.#askDeletion(deletionAskSchema.parse(body))
      case 'DELETE /deletion':
        this.deletionDueAtMs = null
        return { body: this.#deletion() }
      case 'POST /copies':
        return { body: copyOf(Date.now()) }
      case 'GET /subscriptions':
        return { body: this.#subscriptions() }
      case 'POST /subscriptions':
        return this.#prompted(subscriptionAnswerSchema.parse(body))
      default:
        return undefined
    }
  }

  #inbox(from: number): unknown {
    const rest = this.messages.slice(from)
    return inboxPageSchema.parse({
      messages: rest.slice(0, PAGE_ROWS),
      unreadCount: this.messages.filter(({ isRead }) => !isRead).length,
      nextCursor: rest.length > PAGE_ROWS ? String(from + PAGE_ROWS) : null,
    })
  }

  #markRead(ids: readonly string[]): AccountAnswer {
    this.told.read.push(...ids)
    this.messages = this.messages.map((message) => ({
      ...message,
      isRead: message.isRead || ids.includes(message.id),
    }))
    return { body: null }
  }

  #privacy(): unknown {
    return privacySchema.parse({
      held: [
        { what: '手机号', value: this.profile.phoneMasked, why: '用来识别会员身份' },
        { what: '消费记录', value: '27 笔', why: '用来累计积分、查询和退换' },
        { what: '生日', value: this.profile.birthday ?? '未填写', why: '用来安排生日优惠' },
      ],
      consents: CONSENT_PURPOSES.map((purpose) => ({
        ...PURPOSE_TEXTS[purpose],
        ...this.consents.get(purpose),
        purpose,
        policyVersion: this.policyVersion,
      })),
    })
  }

  #consent(change: ConsentChange): AccountAnswer {
    this.told.consents.push(change)
    if (change.isGranted && change.policyVersion !== this.policyVersion)
      return { refusal: 'policy_changed' }
    this.consents.set(change.purpose, {
      state: change.isGranted ? 'granted' : 'withdrawn',
      changedAtMs: Date.now(),
    })
    return { body: this.#privacy() }
  }

  #deletion(): unknown {
    const dueAtMs = this.deletionDueAtMs
    return deletionSchema.parse({
      state: dueAtMs === null ? 'none' : 'waiting',
      requestedAtMs: dueAtMs === null ? null : dueAtMs - COOLING_OFF_DAYS_DEFAULT * DAY_MS,
      dueAtMs,
      coolingOffDays: COOLING_OFF_DAYS_DEFAULT,
      ...this.losses,
    })
  }

  #askDeletion(ask: DeletionAsk): AccountAnswer {
    this.told.deletions.push(ask)
    if (ask.balancePoints !== this.losses.balancePoints) return { refusal: 'deletion_changed' }
    this.deletionDueAtMs = Date.now() + COOLING_OFF_DAYS_DEFAULT * DAY_MS
    return { body: this.#deletion() }
  }

  #prompted(answer: SubscriptionAnswer): AccountAnswer {
    this.told.prompts.push(answer)
    this.#counted.set(answer.askId, answer)
    return { body: this.#subscriptions() }
  }

  #subscriptions(): unknown {
    const accepted = [...this.#counted.values()].flatMap(({ answers }) =>
      answers.filter(({ result }) => result === 'accept').map(({ templateId }) => templateId),
    )
    return subscriptionsSchema.parse({
      templates: this.templates.map((template) => ({
        ...template,
        credits: accepted.filter((id) => id === template.templateId).length,
      })),
    })
  }
}

/** A link as the server gives it. */
function copyOf(nowMs: number): unknown {
  const path = '/member/v1/copies/key-of-the-copy'
  return copySchema.parse({
    ...{ id: messageId(1), textPath: `${path}/page.html`, jsonPath: `${path}/data.json` },
    expiresAtMs: nowMs + 600_000,
  })
}

/** Two unread ones on top, then everyday ones enough for a second page. */
function manyMessages(): InboxMessage[] {
  const everyday: z.input<typeof inboxMessageSchema>[] = Array.from(
    { length: ORDINARY_MESSAGES },
    (_, i) => ({
      id: messageId(ORDINARY_MESSAGES - i),
      title: '积分到账',
      body: `您在人民路店消费，获得 ${String(20 + i)} 分。`,
      sentAtMs: FIRST_SENT_AT_MS + (ORDINARY_MESSAGES - i) * HOUR_MS,
      isRead: true,
    }),
  )
  return [
    {
      id: messageId(92),
      title: '好久不见，送您一份回客礼',
      body: '本周末到人民路店或中山公园地铁站店消费满 ¥50.00，额外得 200 分。',
      sentAtMs: FIRST_SENT_AT_MS + 92 * HOUR_MS,
      isRead: false,
    },
    {
      id: messageId(91),
      title: '金卡会员已生效',
      body: '每消费 ¥1.00 得 1 分，生日当月另有礼遇。',
      sentAtMs: FIRST_SENT_AT_MS + 91 * HOUR_MS,
      isRead: false,
    },
    ...everyday,
  ] as InboxMessage[]
}

function messageId(position: number): string {
  return `01J${String(position).padStart(23, '0')}`
}
