import type { StoreContext } from './context.js'

// Small facts of this installation, sealed.

export type MetaName =
  | 'snapshot_cursor'
  | 'phone_index_key'
  | 'notices'
  | 'clock_offset_ms'
  | 'allowance_keys'
  | 'latest_seen_ms'

/** Reads a fact; null when it was never written. */
export function readMeta(context: StoreContext, name: MetaName): string | null {
  const row = context
    .database()
    .prepare<[string], { sealed: Buffer }>('SELECT sealed FROM meta WHERE name = ?')
    .get(name)
  return row ? context.sealer.open(`meta:${name}`, row.sealed).toString('utf8') : null
}

/** Writes a fact; call it inside a transaction. */
export function writeMeta(context: StoreContext, name: MetaName, value: string): void {
  context
    .database()
    .prepare('INSERT OR REPLACE INTO meta (name, sealed) VALUES (?, ?)')
    .run(name, context.sealer.seal(`meta:${name}`, value))
}
