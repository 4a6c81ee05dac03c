import { randomBytes } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { ApiScope } from '@huike/shared/contracts/open'
import { Clock } from '../platform/clock.js'
import { Database, valuesOf } from '../platform/database.js'
import { mintId, sha256Hex } from '../platform/ids.js'
import { isSameSecret } from '../platform/keyring.js'
import type { ApiKey } from './api-key.entity.js'
import { WebhooksService } from './webhooks.service.js'

// Keys of integrations. A key acts for one store, within its scopes. Its secret is told once, when it
// is made; only its SHA-256 is kept (256 random bits need no slow hash). A revoked key is refused at
// once by the server that revoked it, and within KEY_CACHED_MS by every other.

const SECRET_BYTES = 32
const KEY_TEXT = /^hk_([0-7][0-9A-HJKMNP-TV-Z]{25})_([A-Za-z0-9_-]{43})$/
const KEY_CACHED_MS = 5_000
const KEYS_CACHED_MAX = 1_000
/** Last-used times are written this often at most: they are news for people. */
const USED_EVERY_MS = 60_000

const COLUMNS = [
  'id',
  'name',
  'storeId',
  'keySha256',
  'scopes',
  'state',
  'createdAtMs',
  'lastUsedAtMs',
  'revokedAtMs',
] as const satisfies (keyof ApiKey)[]

/** A key that proved itself. */
export interface ActingKey {
  id: string
  storeId: string
  scopes: readonly ApiScope[]
}

@Injectable()
export class ApiKeysService {
  readonly #cache = new Map<string, { row: ApiKey; untilMs: number }>()
  readonly #usedAtMs = new Map<string, number>()

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly webhooks: WebhooksService,
  ) {}

  /** Makes a key for one store; the answer is the only time its secret is told. */
  async create(fresh: {
    name: string
    storeId: string
    scopes: readonly ApiScope[]
  }): Promise<{ id: string; key: string }> {
    const nowMs = this.clock.nowMs()
    const id = mintId(nowMs)
    const secret = randomBytes(SECRET_BYTES).toString('base64url')
    const row: ApiKey = {
      id,
      name: fresh.name,
      storeId: fresh.storeId,
      keySha256: sha256Hex(secret),
      scopes: [...new Set(fresh.scopes)].join(','),
      state: 'active',
      createdAtMs: nowMs,
      lastUsedAtMs: null,
      revokedAtMs: null,
    }
    await this.database.write((tx) => tx.insert('api_key', COLUMNS, [valuesOf(row, COLUMNS)]))
    return { id, key: `hk_${id}_${secret}` }
  }

  /** Who shows this key. Refuses `token_invalid`, the same for unknown, wrong and revoked ones. */
  async authenticate(text: string): Promise<{ ok: true; key: ActingKey } | Refusal> {
    const [, id = '', secret = ''] = KEY_TEXT.exec(text) ?? []
    const row = id === '' ? undefined : await this.#row(id)
    const isRight = isSameSecret(sha256Hex(secret), row?.keySha256 ?? sha256Hex(''))
    if (!row || !isRight || row.state !== 'active')
      return refuse('token_invalid', 'API 密钥无效或已停用')
    await this.#used(row)
    const scopes = row.scopes.split(',') as ApiScope[]
    return { ok: true, key: { id: row.id, storeId: row.storeId, scopes } }
  }

  /** Stops a key and its webhooks for good. Answers false when there is no such active key. */
  async revoke(id: string): Promise<boolean> {
    const nowMs = this.clock.nowMs()
    const revoked = await this.database.write(async (tx) => {
      const changed = await tx.run(
        "UPDATE api_key SET state = 'revoked', revokedAtMs = ? WHERE id = ? AND state = 'active'",
        [nowMs, id],
      )
      if (changed === 1) await this.webhooks.stopAllOf(tx, id, nowMs)
      return changed === 1
    })
    this.#cache.delete(id)
    return revoked
  }

  async #row(id: string): Promise<ApiKey | undefined> {
    const nowMs = this.clock.nowMs()
    const cached = this.#cache.get(id)
    if (cached && cached.untilMs > nowMs) return cached.row
    const [row] = await this.database.read((rx) =>
      rx.rows<ApiKey>('SELECT * FROM api_key WHERE id = ?', [id]),
    )
    if (this.#cache.size >= KEYS_CACHED_MAX) this.#cache.clear()
    if (row) this.#cache.set(id, { row, untilMs: nowMs + KEY_CACHED_MS })
    return row
  }

  async #used({ id }: ApiKey): Promise<void> {
    const nowMs = this.clock.nowMs()
    if (nowMs - (this.#usedAtMs.get(id) ?? 0) < USED_EVERY_MS) return
    if (this.#usedAtMs.size >= KEYS_CACHED_MAX) this.#usedAtMs.clear()
    this.#usedAtMs.set(id, nowMs)
    await this.database.write((tx) =>
      tx.run('UPDATE api_key SET lastUsedAtMs = ? WHERE id = ?', [nowMs, id]),
    )
  }
}
