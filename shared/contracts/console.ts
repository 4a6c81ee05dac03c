import { z } from 'zod'
import { idSchema } from '../ids.js'
import {
  businessDateSchema,
  epochMsSchema,
  fenSchema,
  pageQuerySchema,
  pointsSchema,
} from './common.js'
import { factorCodeSchema } from './console-access.js'
import { STAFF_NAME_MAX, STAFF_PASSWORD_MAX, staffRoleSchema } from './console-team.js'

// What the console and the server say to each other: /console/v1. Every call but the sign-in
// carries `authorization: Bearer <accessToken>`. Errors are problem+json, as everywhere.

/**
 * `POST /console/v1/session`; refused with `credentials_wrong`, `rate_limited`, `sign_in_locked`, and
 * for people with a second factor `second_factor_needed` (asked again with the code) and
 * `second_factor_wrong`. `POST /console/v1/session/end`, 204, signs out.
 */
export const consoleSignInSchema = z.strictObject({
  username: z.string().trim().min(1).max(STAFF_NAME_MAX),
  password: z.string().min(1).max(STAFF_PASSWORD_MAX),
  code: factorCodeSchema.optional(),
})
export type ConsoleSignIn = z.infer<typeof consoleSignInSchema>

export const consoleSessionSchema = z.object({
  accessToken: z.string(),
  expiresAtMs: epochMsSchema,
  /** The chain asks for a second factor: until there is one, only one's own account opens. */
  lacksFactor: z.boolean(),
  staff: z.object({
    id: idSchema('StaffId'),
    name: z.string(),
    role: staffRoleSchema,
    /** The stores this person acts for; empty for an owner, who acts for all. */
    storeIds: z.array(idSchema('StoreId')),
  }),
})
export type ConsoleSession = z.infer<typeof consoleSessionSchema>

/** A till as the manager sees it. */
export const consoleTerminalSchema = z.object({
  id: idSchema('TerminalId'),
  code: z.string(),
  /** unenrolled: no till has used its enrolment code yet. revoked: stopped by a person. */
  state: z.enum(['unenrolled', 'active', 'revoked']),
  /** Null until the till was heard of for the first time. */
  lastSeenAtMs: epochMsSchema.nullable(),
  /** Events waiting on the till, as it said last. */
  outboxDepth: z.int().min(0),
  agentVersion: z.string().nullable(),
})
export type ConsoleTerminal = z.infer<typeof consoleTerminalSchema>

/** `GET /console/v1/stores`: the stores this person may see, each with its tills. */
export const consoleStoresSchema = z.object({
  stores: z.array(
    z.object({
      id: idSchema('StoreId'),
      code: z.string(),
      name: z.string(),
      /** IANA name; the store's times are shown in it. */
      timeZone: z.string(),
      terminals: z.array(consoleTerminalSchema),
    }),
  ),
})
export type ConsoleStores = z.infer<typeof consoleStoresSchema>

/** `GET /console/v1/today`: today's business day so far, over the stores this person may see. */
export const consoleTodaySchema = z.object({
  businessDate: businessDateSchema,
  salesCount: z.int().min(0),
  salesFen: fenSchema,
  /** Those of the sales that belong to a member. */
  memberSalesCount: z.int().min(0),
  memberSalesFen: fenSchema,
  newMembers: z.int().min(0),
  pointsGiven: pointsSchema,
  /** Tills of these stores, by the same states as the sources. */
  terminals: z.object({
    total: z.int().min(0),
    silent: z.int().min(0),
    behind: z.int().min(0),
    unenrolled: z.int().min(0),
  }),
  /** Events that wait for a person. */
  parkedCount: z.int().min(0),
  /**
   * Of the quality of the data: figures that broke their threshold in the last run, and values that
   * can hardly be true and wait for a person. Null for who may not see it.
   */
  quality: z.object({ failing: z.int().min(0), anomalies: z.int().min(0) }).nullable(),
})
export type ConsoleToday = z.infer<typeof consoleTodaySchema>

// Where the data comes from, how far each source has come, and what waits for a person.

/** till: the till itself (registrations), or one that has not handed in a checkout yet. */
export const sourceKindSchema = z.enum(['escpos_tap', 'file_drop', 'till'])
export type SourceKind = z.infer<typeof sourceKindSchema>

/** realtime: as it happens. near_realtime: within seconds of a file. batch: when somebody runs it. */
export const syncModeSchema = z.enum(['realtime', 'near_realtime', 'batch'])
export type SyncMode = z.infer<typeof syncModeSchema>

/**
 * ok: connected and complete. behind: connected, but more waits on it than one batch, or what was
 * handed in is old. silent: not heard of. stopped: stopped by a person. unenrolled: never connected.
 */
export const sourceStateSchema = z.enum(['ok', 'behind', 'silent', 'stopped', 'unenrolled'])
export type SourceState = z.infer<typeof sourceStateSchema>

export const consoleSourceSchema = z.object({
  /** Stays the same from call to call. */
  id: z.string(),
  kind: sourceKindSchema,
  mode: syncModeSchema,
  state: sourceStateSchema,
  storeCode: z.string(),
  storeName: z.string(),
  terminalId: idSchema('TerminalId'),
  terminalCode: z.string(),
  /** When this source last handed in a checkout; null when it never did. */
  lastSyncAtMs: epochMsSchema.nullable(),
  /** When the till was last heard of, with or without a checkout. */
  lastSeenAtMs: epochMsSchema.nullable(),
  /**
   * How old what is known of this till may be: everything up to this long ago has arrived. Null for
   * a till that is stopped or was never connected.
   */
  lagMs: z.int().min(0).nullable(),
  /** Events waiting on the till, as it said last. */
  outboxDepth: z.int().min(0),
  /** Server time less the till's time, as it said last; null when it never did. */
  clockSkewMs: z.int().nullable(),
  agentVersion: z.string().nullable(),
})
export type ConsoleSource = z.infer<typeof consoleSourceSchema>

/** `GET /console/v1/sources`. */
export const consoleSourcesSchema = z.object({
  serverTimeMs: epochMsSchema,
  /** Beyond these a source is called silent or behind, or its clock wrong. */
  thresholds: z.object({
    silentMs: z.int(),
    behindLagMs: z.int(),
    behindOutbox: z.int(),
    clockSkewMs: z.int(),
  }),
  sources: z.array(consoleSourceSchema),
  /** Events that wait for a person, by reason. */
  parked: z.array(
    z.object({
      code: z.string(),
      sentence: z.string(),
      count: z.int().min(1),
      oldestAtMs: epochMsSchema,
    }),
  ),
  /** What the server itself has still to work through, by consumer of events. */
  deliveries: z.array(
    z.object({
      consumer: z.string(),
      /** Waiting, those included that failed before and are tried again. */
      pending: z.int().min(0),
      retrying: z.int().min(0),
      /** Given up: a person must act. */
      dead: z.int().min(0),
      lastError: z.string().nullable(),
    }),
  ),
})
export type ConsoleSources = z.infer<typeof consoleSourcesSchema>

/** Query of `GET /console/v1/parked`; `cursor` is what the last page gave. */
export const parkedQuerySchema = pageQuerySchema.extend({
  state: z.enum(['waiting', 'resolved']).default('waiting'),
})
export type ParkedQuery = z.infer<typeof parkedQuerySchema>

export const parkedResolutionSchema = z.object({
  atMs: epochMsSchema,
  /** The staff member's name; null when nobody is known by the id any more. */
  by: z.string().nullable(),
})
export type ParkedResolution = z.infer<typeof parkedResolutionSchema>

/** An event that could not be taken. What cannot be read of it is null. */
export const parkedItemSchema = z.object({
  eventId: idSchema('EventId'),
  code: z.string(),
  sentence: z.string(),
  type: z
    .enum([
      'checkout.captured',
      'receipt.assigned',
      'receipt.assignment_undone',
      'member.registered',
    ])
    .nullable(),
  storeCode: z.string(),
  storeName: z.string(),
  /** IANA name; times are shown in it. */
  timeZone: z.string(),
  terminalCode: z.string(),
  kind: z.enum(['sale', 'refund']).nullable(),
  receiptNo: z.string().nullable(),
  totalFen: fenSchema.nullable(),
  phoneMasked: z.string().nullable(),
  occurredAtMs: epochMsSchema.nullable(),
  receivedAtMs: epochMsSchema,
  resolution: parkedResolutionSchema.nullable(),
})
export type ParkedItem = z.infer<typeof parkedItemSchema>

export const parkedPageSchema = z.object({
  items: z.array(parkedItemSchema),
  nextCursor: z.string().nullable(),
})
export type ParkedPage = z.infer<typeof parkedPageSchema>

/**
 * `POST /console/v1/parked/:eventId/resolve`, without a body: marks the event as settled. It takes
 * nothing in and moves no points. Owners and managers only; the first to settle it stays named.
 */
export const parkedResolvedSchema = z.object({
  eventId: idSchema('EventId'),
  resolution: parkedResolutionSchema,
})
export type ParkedResolved = z.infer<typeof parkedResolvedSchema>
