import { readFileSync, writeFileSync } from 'node:fs'
import { sha256HexSchema } from '@huike/shared/contracts/common'
import { z } from 'zod'
import { SystemClock } from '../platform/clock.js'
import type { Config } from '../platform/config.js'
import { makeLogger } from '../platform/logger.js'
import { checkpointPublicKey } from '../points/checkpoint-statement.js'
import type { PointsCheckpoint } from '../points/points-checkpoint.entity.js'
import { PointsCheckpointsService } from '../points/points-checkpoints.service.js'
import { CHECKPOINT_USAGE } from './checkpoint-usage.js'
import { withDatabase } from './with-database.js'

const MISUSED = 2

const copySchema = z.object({
  publicKey: z.string(),
  checkpoints: z.array(
    z.object({
      number: z.int().min(1),
      takenAtMs: z.int(),
      heads: z.int().min(0),
      previousRoot: sha256HexSchema,
      root: sha256HexSchema,
      signature: z.string(),
    }),
  ),
})

/**
 * `checkpoint take`: signs where the chains of the points book stand now, instead of tomorrow.
 * `checkpoint export FILE`: every checkpoint and the public key that checks them, to be kept
 * elsewhere. Exit code 2 for wrong words.
 */
export async function checkpoint(
  config: Config,
  words: string[],
  say: (line: string) => void,
): Promise<number> {
  const [what, file] = words
  const isTake = what === 'take' && words.length === 1
  const isExport = what === 'export' && file !== undefined && words.length === 2
  if (!isTake && !isExport) {
    say(`用法：${CHECKPOINT_USAGE}`)
    return MISUSED
  }
  return withDatabase(config, async (database) => {
    if (isTake) {
      const clock = new SystemClock()
      const service = new PointsCheckpointsService(database, clock, config, makeLogger('warn'))
      const taken = await service.take()
      say(taken === null ? '服务正在签发，请稍后再试' : wordsOf(taken))
      return taken === null ? 1 : 0
    }
    const checkpoints = await database.read((rx) =>
      rx.rows<PointsCheckpoint>('SELECT * FROM points_checkpoint WHERE number > 0 ORDER BY number'),
    )
    const publicKey = checkpointPublicKey(config.keyring).export({ format: 'pem', type: 'spki' })
    writeFileSync(String(file), `${JSON.stringify({ publicKey, checkpoints }, null, 2)}\n`)
    say(`已写出 ${String(checkpoints.length)} 个检查点，请保存到别处：${String(file)}`)
    return 0
  })
}

/** The checkpoints of a copy. Throws when the file is none. */
export function readCopy(file: string): PointsCheckpoint[] {
  try {
    return copySchema.parse(JSON.parse(readFileSync(file, 'utf8'))).checkpoints
  } catch (error) {
    throw new Error(`这个文件不是检查点的副本：${file}`, { cause: error })
  }
}

function wordsOf({ number, heads, root }: PointsCheckpoint): string {
  return `第 ${String(number)} 个检查点：${String(heads)} 个账户有变动，摘要 ${root}`
}
