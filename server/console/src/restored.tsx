import { Button } from 'antd'
import { strings } from './strings.js'

/** Says that what was written before is here again, and offers to begin anew. */
export function Restored({ onStartOver }: { onStartOver: () => void }) {
  return (
    <p className="restored" role="status">
      {strings.restored}
      <Button onClick={onStartOver}>{strings.startOver}</Button>
    </p>
  )
}
