import { UniqueViolation, type Database, type Statements } from './database.js'
import { KeyringError, type Keyring } from './keyring.js'
import type { SealingKey } from './sealing-key.entity.js'

// Which sealing keys values of this database may name. The database decides which key seals, so that
// every server changes over without a restart; the keys themselves stay in the keyring. A server that
// lacks one of them does not start: it would meet values that it cannot open.

/** The keys of this database, oldest first. */
export async function sealingKeysOf(statements: Statements): Promise<SealingKey[]> {
  const keys = await statements.rows<SealingKey>('SELECT * FROM sealing_key')
  return keys.sort((a, b) => numberOf(a.id) - numberOf(b.id))
}

/** Keys in use that the keyring has not, or has another key under the name of. */
export function missingKeys(keys: readonly SealingKey[], keyring: Keyring): string[] {
  const held = keyring.fingerprints()
  return keys
    .filter(({ id, state, fingerprint }) => state !== 'retired' && held[id] !== fingerprint)
    .map(({ id }) => id)
}

/**
 * Writes down the keys of a database that has none yet, then has the keyring seal with the one that
 * the database names. Throws KeyringError when the keyring lacks a key that is in use.
 */
export async function agreeOnKeys(
  database: Database,
  keyring: Keyring,
  nowMs: number,
): Promise<void> {
  let keys = await database.read(sealingKeysOf)
  if (keys.length === 0) {
    await writeDown(database, keyring, nowMs)
    keys = await database.read(sealingKeysOf)
  }
  useActive(keys, keyring)
}

/** Has the keyring seal with the key that the database names. Throws KeyringError when one is missing. */
export function useActive(keys: readonly SealingKey[], keyring: Keyring): void {
  forgetRetired(keys, keyring)
  if (missingKeys(keys, keyring).length > 0) keyring.refresh()
  const missing = missingKeys(keys, keyring)
  if (missing.length > 0)
    throw new KeyringError(
      `the keyring lacks sealing keys of this database, or has others under their names: ${missing.join(', ')}`,
    )
  const active = keys.find(({ state }) => state === 'active')
  if (active && keyring.active !== active.id) keyring.use(active.id)
}

/** Lets go of what the database no longer needs. */
export function forgetRetired(keys: readonly SealingKey[], keyring: Keyring): void {
  keyring.forget(keys.filter(({ state }) => state === 'retired').map(({ id }) => id))
}

/** The first to come writes down the keys up to the one in use; newer ones have sealed nothing. */
async function writeDown(database: Database, keyring: Keyring, nowMs: number): Promise<void> {
  const { active } = keyring
  const known = Object.entries(keyring.fingerprints()).filter(
    ([id]) => numberOf(id) <= numberOf(active),
  )
  try {
    await database.write((tx) =>
      tx.insert(
        'sealing_key',
        ['id', 'fingerprint', 'state', 'publishedAtMs', 'activatedAtMs', 'retiredAtMs'],
        known.map(([id, fingerprint]) => [
          ...[id, fingerprint, id === active ? 'active' : 'old'],
          ...[nowMs, id === active ? nowMs : null, null],
        ]),
      ),
    )
  } catch (error) {
    // Another server that starts at the same time was first.
    if (!(error instanceof UniqueViolation)) throw error
  }
}

function numberOf(id: string): number {
  return Number(id.slice(1))
}
