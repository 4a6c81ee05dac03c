import { inList, listParameter, type Statements, type Tx } from '../platform/database.js'
import type { Keyring } from '../platform/keyring.js'
import { meetingKeys } from './matching/blocking.js'
import type { Prepared } from './matching/prepare.js'
import type { HashOf } from './matching/weights.js'

// By what members are met, as rows: keyed hashes, so that the database tells who shares something
// and not what. They are made with the index key, which never changes, like every blind index.

const KIND = 'matching-key'
const VALUE_KIND = 'matching-value'

/** The hashes a member is met by. */
export function keyHashesOf(keyring: Keyring, record: Prepared): number[] {
  return [...new Set(meetingKeys(record).map((key) => keyring.blindNumber(KIND, key)))]
}

/** Hashes the values of fields, as the weights that are kept name them. */
export function valueHashOf(keyring: Keyring): HashOf {
  return (place, value) => keyring.blindNumber(`${VALUE_KIND}|${String(place)}`, value)
}

/** Writes by what members are met now, and no other way; only what differs is written. */
export async function putKeys(
  tx: Tx,
  hashesOf: ReadonlyMap<string, readonly number[]>,
): Promise<void> {
  const before = await keysOf(tx, [...hashesOf.keys()])
  const gone: [string, number][] = []
  const fresh: [string, number][] = []
  for (const [memberId, hashes] of hashesOf) {
    const known = before.get(memberId) ?? new Set<number>()
    const wanted = new Set(hashes)
    for (const hash of known) if (!wanted.has(hash)) gone.push([memberId, hash])
    for (const hash of hashes) if (!known.has(hash)) fresh.push([memberId, hash])
  }
  for (const key of gone)
    await tx.run('DELETE FROM matching_key WHERE memberId = ? AND keyHash = ?', key)
  await tx.insert('matching_key', ['memberId', 'keyHash'], fresh)
}

/** Nobody meets these members any more. */
export async function forgetKeys(tx: Tx, memberIds: readonly string[]): Promise<void> {
  if (memberIds.length === 0) return
  await tx.run(`DELETE FROM matching_key WHERE memberId IN ${inList(tx)}`, [
    listParameter(tx, memberIds),
  ])
}

/** At most `limit` members who are met by one key, those registered first. */
export async function membersMetBy(
  statements: Statements,
  keyHash: number,
  limit: number,
): Promise<string[]> {
  const rows = await statements.rows<{ memberId: string }>(
    `SELECT memberId FROM matching_key WHERE keyHash = ? ORDER BY memberId LIMIT ${String(limit)}`,
    [keyHash],
  )
  return rows.map(({ memberId }) => memberId)
}

async function keysOf(tx: Tx, memberIds: readonly string[]): Promise<Map<string, Set<number>>> {
  const rows = await tx.rows<{ memberId: string; keyHash: number | string }>(
    `SELECT memberId, keyHash FROM matching_key WHERE memberId IN ${inList(tx)}`,
    [listParameter(tx, memberIds)],
  )
  const keys = new Map<string, Set<number>>()
  for (const { memberId, keyHash } of rows) {
    const known = keys.get(memberId)
    if (known) known.add(Number(keyHash))
    else keys.set(memberId, new Set([Number(keyHash)]))
  }
  return keys
}
