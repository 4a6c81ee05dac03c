import { Button } from 'antd'
import { useState } from 'react'
import { Ask } from '../ask.js'
import { count, dateTime } from '../format.js'
import { useSession } from '../session.js'
import { pointsStrings as words } from './strings.js'

interface Props<Versions> {
  /** Where versions of its kind are. */
  path: '/points/rules' | '/points/activities'
  /** One that is to come. */
  version: { rule: { version: number }; effectiveFromMs: number | null }
  onWithdrawn: (versions: Versions) => void
}

/** Takes a version back before its day comes. */
export function Withdraw<Versions>({ path, version, onWithdrawn }: Props<Versions>) {
  const { api } = useSession()
  const [isAsking, setIsAsking] = useState(false)
  const name = count(version.rule.version)
  if (!isAsking)
    return (
      <Button
        aria-label={words.withdrawNamed(name)}
        onClick={() => {
          setIsAsking(true)
        }}
      >
        {words.withdraw}
      </Button>
    )
  return (
    <Ask<Versions>
      label={words.withdrawNamed(name)}
      promise={words.withdrawPromise(name, dateTime(version.effectiveFromMs ?? 0))}
      confirm={words.withdrawNamed(name)}
      isDanger
      onConfirm={() => api.post<Versions>(`${path}/${String(version.rule.version)}/withdraw`, {})}
      onDone={onWithdrawn}
      onCancel={() => {
        setIsAsking(false)
      }}
    />
  )
}
