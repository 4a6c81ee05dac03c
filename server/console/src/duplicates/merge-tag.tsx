import type { Merge } from '@huike/shared/contracts/console-identity'
import { Tag } from 'antd'
import { mergeStrings as words } from './strings.js'

/** Whether a merge still stands. */
export function MergeTag({ merge: { state } }: { merge: Pick<Merge, 'state'> }) {
  return state === 'done' ? <Tag color="success">{words.standing}</Tag> : <Tag>{words.undone}</Tag>
}
