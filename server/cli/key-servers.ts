import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '../platform/database.js'
import type { KeyServer } from '../platform/key-server.entity.js'

// Waits for running servers. Whether one lives is told by its beats changing while we watch, not by
// comparing clocks: two machines need not agree on the time.

const LOOK_EVERY_MS = 500
const TELL_EVERY_MS = 5_000
/** Three beats missed: it was killed, and its row is all that is left of it. */
export const SILENT_MS = 30_000

export interface ServersWait {
  /** Is this server so far? */
  isReady: (server: KeyServer) => boolean
  /** Called with the servers that are waited for, now and then. */
  tell: (waitedFor: readonly string[]) => void
  /** Called at each look. */
  beat: () => Promise<void>
  waitMs: number
}

/** Every running server, and command, that has said which keys it has. */
export async function keyServersOf(database: Database): Promise<KeyServer[]> {
  return database.read((rx) => rx.rows<KeyServer>('SELECT * FROM key_server ORDER BY id'))
}

/**
 * Waits until every running server is ready; those that were killed are forgotten. Answers the labels
 * of those that were not ready within `waitMs`.
 */
export async function waitForServers(database: Database, wait: ServersWait): Promise<string[]> {
  const startedMs = performance.now()
  const heard = new Map<string, { beats: number; atMs: number }>()
  let toldMs = -Infinity
  for (;;) {
    await wait.beat()
    const nowMs = performance.now()
    const late: KeyServer[] = []
    for (const server of await keyServersOf(database)) {
      if (wait.isReady(server)) continue
      const last = heard.get(server.id)
      if (last?.beats !== server.beats) heard.set(server.id, { beats: server.beats, atMs: nowMs })
      else if (nowMs - last.atMs >= SILENT_MS) await forget(database, server)
      late.push(server)
    }
    const labels = late.map(({ label }) => label)
    if (labels.length === 0 || nowMs - startedMs >= wait.waitMs) return labels
    if (nowMs - toldMs >= TELL_EVERY_MS) {
      toldMs = nowMs
      wait.tell(labels)
    }
    await pause(LOOK_EVERY_MS)
  }
}

/** One that wakes up again writes itself down anew, and looks before it does anything. */
async function forget(database: Database, { id, beats }: KeyServer): Promise<void> {
  await database.write((tx) =>
    tx.run('DELETE FROM key_server WHERE id = ? AND beats = ?', [id, beats]),
  )
}
