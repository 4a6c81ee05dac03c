import { Injectable } from '@nestjs/common'
import {
  MESSAGE_SETTINGS_DEFAULT,
  messageSettingsSchema,
  type MessageSettings,
} from '@huike/shared/contracts/console-campaigns'
import {
  DUPLICATE_SETTINGS_DEFAULT,
  duplicateSettingsSchema,
  type DuplicateSettings,
} from '@huike/shared/contracts/console-identity'
import {
  QUALITY_SETTINGS_DEFAULT,
  qualitySettingsSchema,
  type QualitySettings,
} from '@huike/shared/contracts/console-quality'
import {
  PRIVACY_SETTINGS_DEFAULT,
  privacySettingsSchema,
  type PrivacySettings,
} from '@huike/shared/contracts/rights'
import {
  SECURITY_SETTINGS_DEFAULT,
  securitySettingsSchema,
  type SecuritySettings,
} from '@huike/shared/contracts/console-access'
import {
  RESOLUTION_SETTINGS_DEFAULT,
  resolutionSettingsSchema,
  type ResolutionChange,
  type ResolutionSettings,
} from '@huike/shared/contracts/console-resolution'
import {
  POINTS_SETTINGS_DEFAULT,
  pointsSettingsSchema,
  type PointsSettings,
} from '@huike/shared/contracts/spending'
import {
  OFFLINE_SETTINGS_DEFAULT,
  offlineSettingsSchema,
  type OfflineSettings,
} from '@huike/shared/contracts/offline'
import { refuse, type Refusal } from '@huike/shared/outcomes'
import type { z } from 'zod'
import type { Statements, Tx } from '../platform/database.js'
import type { ChainSetting } from './chain-setting.entity.js'

// What the owner set for the whole chain. A setting that was never made has its default; one that
// this version cannot read any more is an error, because a wrong guess would write to people.

const MESSAGES = 'messages'
const QUALITY = 'quality'
const PRIVACY = 'privacy'
const SECURITY = 'security'
const DUPLICATES = 'duplicates'
const RESOLUTION = 'resolution'
const POINTS = 'points'
const OFFLINE = 'offline'

/** Who set something, and when. */
export interface SetBy {
  staffId: string
  atMs: number
}

@Injectable()
export class ChainSettingsService {
  /** Quiet hours and cap of marketing messages. */
  async messages(statements: Statements): Promise<MessageSettings> {
    return (await read(statements, MESSAGES, messageSettingsSchema)) ?? MESSAGE_SETTINGS_DEFAULT
  }

  /** The days in which a member may take a deletion back. */
  async privacy(statements: Statements): Promise<PrivacySettings> {
    return (await read(statements, PRIVACY, privacySettingsSchema)) ?? PRIVACY_SETTINGS_DEFAULT
  }

  /** Sets them, for deletions asked for from now on. Throws as `setMessages` does. */
  setPrivacy(tx: Tx, settings: PrivacySettings, by: SetBy): Promise<void> {
    return write(tx, { name: PRIVACY, value: JSON.stringify(settings), by })
  }

  /** Sets them. Throws UniqueViolation when two people set them for the first time together. */
  setMessages(tx: Tx, settings: MessageSettings, by: SetBy): Promise<void> {
    return write(tx, { name: MESSAGES, value: JSON.stringify(settings), by })
  }

  /** Thresholds of the quality of data, and what is asked for. */
  async quality(statements: Statements): Promise<QualitySettings> {
    return (await read(statements, QUALITY, qualitySettingsSchema)) ?? QUALITY_SETTINGS_DEFAULT
  }

  /** Sets them. Throws UniqueViolation when two people set them for the first time together. */
  setQuality(tx: Tx, settings: QualitySettings, by: SetBy): Promise<void> {
    return write(tx, { name: QUALITY, value: JSON.stringify(settings), by })
  }

  /** How staff sign in. */
  async security(statements: Statements): Promise<SecuritySettings> {
    return (await read(statements, SECURITY, securitySettingsSchema)) ?? SECURITY_SETTINGS_DEFAULT
  }

  /** Sets it. Throws UniqueViolation when two people set it for the first time together. */
  setSecurity(tx: Tx, settings: SecuritySettings, by: SetBy): Promise<void> {
    return write(tx, { name: SECURITY, value: JSON.stringify(settings), by })
  }

  /** Whether records that are one person are merged without one. */
  async duplicates(statements: Statements): Promise<DuplicateSettings> {
    const set = await read(statements, DUPLICATES, duplicateSettingsSchema)
    return set ?? DUPLICATE_SETTINGS_DEFAULT
  }

  /** Sets it. Throws UniqueViolation when two people set it for the first time together. */
  setDuplicates(tx: Tx, settings: DuplicateSettings, by: SetBy): Promise<void> {
    return write(tx, { name: DUPLICATES, value: JSON.stringify(settings), by })
  }

  /** How points are spent and taken back. */
  async points(statements: Statements): Promise<PointsSettings> {
    return (await read(statements, POINTS, pointsSettingsSchema)) ?? POINTS_SETTINGS_DEFAULT
  }

  /** Sets it. Throws UniqueViolation when two people set it for the first time together. */
  setPoints(tx: Tx, settings: PointsSettings, by: SetBy): Promise<void> {
    return write(tx, { name: POINTS, value: JSON.stringify(settings), by })
  }

  /** What tills may redeem without a network. */
  async offline(statements: Statements): Promise<OfflineSettings> {
    return (await read(statements, OFFLINE, offlineSettingsSchema)) ?? OFFLINE_SETTINGS_DEFAULT
  }

  /** Sets it. Throws UniqueViolation when two people set it for the first time together. */
  setOffline(tx: Tx, settings: OfflineSettings, by: SetBy): Promise<void> {
    return write(tx, { name: OFFLINE, value: JSON.stringify(settings), by })
  }

  /** How people are recognised. */
  async resolution(statements: Statements): Promise<ResolutionSettings> {
    const set = await read(statements, RESOLUTION, resolutionSettingsSchema)
    return set ?? RESOLUTION_SETTINGS_DEFAULT
  }

  /**
   * Sets it; a platform whose salt is null keeps the one it has. Refuses `input_invalid` when it has
   * none. Throws as `setMessages` does.
   */
  async setResolution(
    tx: Tx,
    change: ResolutionChange,
    by: SetBy,
  ): Promise<{ ok: true; settings: ResolutionSettings } | Refusal> {
    // Locked before it is read: a salt that somebody else sets meanwhile must not be put back.
    const before = await read(tx, RESOLUTION, resolutionSettingsSchema, tx.forUpdate)
    const salts: ResolutionSettings['salts'] = []
    for (const { platform, salt } of change.salts) {
      const known = before?.salts.find((one) => one.platform === platform)?.salt
      const kept = salt ?? known
      if (kept === undefined) return refuse('input_invalid', `平台 ${platform} 还没有附加字符`)
      salts.push({ platform, salt: kept })
    }
    const settings = { ...change, salts }
    await write(tx, { name: RESOLUTION, value: JSON.stringify(settings), by })
    return { ok: true, settings }
  }
}

async function read<Setting>(
  statements: Statements,
  name: string,
  schema: z.ZodType<Setting>,
  lock = '',
): Promise<Setting | null> {
  const [row] = await statements.rows<Pick<ChainSetting, 'value'>>(
    `SELECT value FROM chain_setting WHERE name = ?${lock}`,
    [name],
  )
  return row ? schema.parse(JSON.parse(row.value)) : null
}

async function write(tx: Tx, setting: { name: string; value: string; by: SetBy }): Promise<void> {
  const { name, value, by } = setting
  const [known] = await tx.rows(`SELECT name FROM chain_setting WHERE name = ?${tx.forUpdate}`, [
    name,
  ])
  if (known)
    await tx.run(
      'UPDATE chain_setting SET value = ?, changedAtMs = ?, changedBy = ? WHERE name = ?',
      [value, by.atMs, by.staffId, name],
    )
  else
    await tx.insert(
      'chain_setting',
      ['name', 'value', 'changedAtMs', 'changedBy'],
      [[name, value, by.atMs, by.staffId]],
    )
}
