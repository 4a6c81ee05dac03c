import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../platform/config.js'
import type { Database } from '../platform/database.js'
import type { KeyringContent } from '../platform/keyring.js'
import { changeKeyringFile, checkKeyringFileWritable } from '../platform/keyring-file.js'
import { agreeOnKeys, sealingKeysOf } from '../platform/sealing-keys.js'
import { openRotationOf } from './key-rotation-lease.js'
import { waitForServers } from './key-servers.js'
import { keyUsesOf, type KeyUse } from './key-uses.js'

// Takes a sealing key out of use for good: only when nothing in the database or the data directory is
// sealed with it, no server seals with it, and whatever a server had in hand when the key changed has
// long been written or given up.

/** A request lives 30 seconds at the most. */
export const SETTLE_MS = 60_000

export type Retired =
  | { is: 'retired' }
  | { is: 'unknown' }
  | { is: 'in-use' }
  | { is: 'rotating' }
  | { is: 'needed'; uses: KeyUse[] }
  | { is: 'waiting'; servers: string[] }

export interface RetirementTools {
  config: Config
  database: Database
  nowMs: () => number
  waitMs: number
  settleMs: number
  tellWait: (servers: readonly string[]) => void
}

/** Retires a key, or says why not. Throws KeyringError. */
export async function retireKey(tools: RetirementTools, keyId: string): Promise<Retired> {
  const { config, database, nowMs } = tools
  await agreeOnKeys(database, config.keyring, nowMs())
  if (config.keyringPath !== null) checkKeyringFileWritable(config.keyringPath)
  const keys = await database.read(sealingKeysOf)
  const key = keys.find(({ id }) => id === keyId)
  const active = keys.find(({ state }) => state === 'active')
  if (!key) return { is: 'unknown' }
  if (await database.read(openRotationOf)) return { is: 'rotating' }
  if (key.state === 'active') return { is: 'in-use' }
  if (key.state !== 'retired') {
    const refusal = await whyNot(tools, keyId, active?.activatedAtMs ?? nowMs())
    if (refusal) return refusal
    const isRetired = await database.write((tx) =>
      tx.run(
        "UPDATE sealing_key SET state = 'retired', retiredAtMs = ? WHERE id = ? AND state = 'old'",
        [nowMs(), keyId],
      ),
    )
    if (isRetired === 0) return { is: 'rotating' }
  }
  if (config.keyringPath !== null)
    changeKeyringFile(config.keyringPath, nowMs(), (content) => without(content, keyId))
  return { is: 'retired' }
}

async function whyNot(
  tools: RetirementTools,
  keyId: string,
  activeSinceMs: number,
): Promise<Retired | null> {
  const { database, nowMs, waitMs, settleMs, tellWait } = tools
  const early = await needs(tools, keyId)
  if (early) return early
  const servers = await waitForServers(database, {
    ...{ waitMs, tell: tellWait, beat: () => Promise.resolve() },
    isReady: ({ sealsWith }) => sealsWith !== keyId,
  })
  if (servers.length > 0) return { is: 'waiting', servers }
  await pause(Math.max(0, Math.min(settleMs, activeSinceMs + settleMs - nowMs())))
  return needs(tools, keyId)
}

async function needs(tools: RetirementTools, keyId: string): Promise<Retired | null> {
  const uses = await keyUsesOf(tools.database, tools.config.dataDirectory)
  const ofIt = uses.filter((use) => use.keyId === keyId)
  return ofIt.length > 0 ? { is: 'needed', uses: ofIt } : null
}

function without(content: KeyringContent, keyId: string): KeyringContent {
  if (!Object.hasOwn(content.keys, keyId)) return content
  const keys = Object.entries(content.keys).filter(([id]) => id !== keyId)
  return { ...content, keys: Object.fromEntries(keys) }
}
