import { Injectable } from '@nestjs/common'
import {
  MESSAGE_SETTINGS_DEFAULT,
  messageSettingsSchema,
  type MessageSettings,
} from '@huike/shared/contracts/console-campaigns'
import type { Statements, Tx } from '../platform/database.js'
import type { ChainSetting } from './chain-setting.entity.js'

// What the owner set for the whole chain. A setting that was never made has its default; one that
// this version cannot read any more is an error, because a wrong guess would write to people.

const MESSAGES = 'messages'

@Injectable()
export class ChainSettingsService {
  /** Quiet hours and cap of marketing messages. */
  async messages(statements: Statements): Promise<MessageSettings> {
    const [row] = await statements.rows<Pick<ChainSetting, 'value'>>(
      'SELECT value FROM chain_setting WHERE name = ?',
      [MESSAGES],
    )
    return row ? messageSettingsSchema.parse(JSON.parse(row.value)) : MESSAGE_SETTINGS_DEFAULT
  }

  /** Sets them. Throws UniqueViolation when two people set them for the first time together. */
  async setMessages(
    tx: Tx,
    settings: MessageSettings,
    by: { staffId: string; atMs: number },
  ): Promise<void> {
    const value = JSON.stringify(settings)
    const [known] = await tx.rows(`SELECT name FROM chain_setting WHERE name = ?${tx.forUpdate}`, [
      MESSAGES,
    ])
    if (known)
      await tx.run(
        'UPDATE chain_setting SET value = ?, changedAtMs = ?, changedBy = ? WHERE name = ?',
        [value, by.atMs, by.staffId, MESSAGES],
      )
    else
      await tx.insert(
        'chain_setting',
        ['name', 'value', 'changedAtMs', 'changedBy'],
        [[MESSAGES, value, by.atMs, by.staffId]],
      )
  }
}
