import type { Pair } from '@huike/shared/contracts/console-identity'
import { Tag } from 'antd'
import { pairStrings as words } from './strings.js'

const MILLIBITS = 1_000

/** How sure the search is; a pair that a person raised has no score. */
export function Score({ pair: { score, verdict } }: { pair: Pick<Pair, 'score' | 'verdict'> }) {
  return (
    <span className="d-score">
      <Tag color={verdict === 'merge' ? 'success' : 'warning'}>{words.verdict(verdict)}</Tag>
      <span className="note" title={words.scoreHint}>
        {score === 0 ? words.raised : words.score((score / MILLIBITS).toFixed(1))}
      </span>
    </span>
  )
}
