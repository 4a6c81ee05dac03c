import { Tag } from 'antd'
import { qualityStrings as words } from './strings.js'

/** Whether a figure keeps its threshold; nothing where it has none. */
export function PassTag({ passes }: { passes: boolean | null }) {
  if (passes === null) return null
  return <Tag color={passes ? 'success' : 'error'}>{passes ? words.passes : words.fails}</Tag>
}
