import type { MergeChanges } from '@huike/shared/contracts/console-identity'
import { purchaseWords, pointsWords } from './changes.js'
import { changeStrings as words } from './strings.js'

/** What a merge would do, in one line right before its button. */
export function InShort({ changes }: { changes: MergeChanges }) {
  return (
    <p className="d-short" role="status">
      {words.inShort(pointsWords(changes.points), purchaseWords(changes.purchases).join('，'))}
    </p>
  )
}
