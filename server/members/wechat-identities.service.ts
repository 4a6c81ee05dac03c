import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type Config } from '../platform/config.js'
import { inList, listParameter, type Statements } from '../platform/database.js'
import type { Identity } from './identity.entity.js'
import { sealContext } from './members.service.js'

// The WeChat accounts of members. What is passed around is the identity's id; the openid itself is
// opened only where WeChat is about to be told it.

export interface WechatIdentity {
  id: string
  memberId: string
}

@Injectable()
export class WechatIdentitiesService {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Identity ids of members in the mini-program `appId`, by member id; the latest seen first. */
  async ofMembers(
    statements: Statements,
    memberIds: readonly string[],
    appId: string,
  ): Promise<Map<string, string[]>> {
    if (memberIds.length === 0) return new Map()
    // By member alone: asked for the kind too, SQLite reads every openid there is.
    const rows = await statements.rows<WechatIdentity & { kind: string; namespace: string }>(
      `SELECT id, memberId, kind, namespace FROM identity
       WHERE memberId IN ${inList(statements)} ORDER BY lastSeenAtMs DESC, id DESC`,
      [listParameter(statements, memberIds)],
    )
    const found = new Map<string, string[]>()
    for (const { id, memberId, kind, namespace } of rows) {
      if (kind !== 'wechat_openid' || namespace !== appId) continue
      const ids = found.get(memberId)
      if (ids) ids.push(id)
      else found.set(memberId, [id])
    }
    return found
  }

  /** The identity id of an openid in `appId`, when it is this member's; null otherwise. */
  async ofOpenid(
    statements: Statements,
    wanted: { memberId: string; appId: string; openid: string },
  ): Promise<string | null> {
    const { memberId, appId, openid } = wanted
    const index = this.config.keyring.blindIndex(`wechat_openid|${appId}`, openid)
    const [row] = await statements.rows<WechatIdentity>(
      `SELECT id, memberId FROM identity
       WHERE kind = 'wechat_openid' AND namespace = ? AND valueIndex = ?`,
      [appId, index],
    )
    return row?.memberId === memberId ? row.id : null
  }

  /** The openids of identities, in clear, by identity id. For telling WeChat, and nothing else. */
  async openidsOf(
    statements: Statements,
    identityIds: readonly string[],
  ): Promise<Map<string, string>> {
    if (identityIds.length === 0) return new Map()
    const rows = await statements.rows<Pick<Identity, 'id' | 'valueSealed'>>(
      `SELECT id, valueSealed FROM identity
       WHERE id IN ${inList(statements)} AND kind = 'wechat_openid'`,
      [listParameter(statements, identityIds)],
    )
    return new Map(
      rows.map((row) => [row.id, this.config.keyring.open(row.valueSealed, sealContext(row.id))]),
    )
  }
}
