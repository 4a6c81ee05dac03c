import type { EarningVersions } from '@huike/shared/contracts/console-points'
import { Button } from 'antd'
import { useState } from 'react'
import { Ask } from '../ask.js'
import { count, dateTime } from '../format.js'
import { useSession } from '../session.js'
import { pointsStrings as words } from './strings.js'
import type { Version } from './versions.js'

interface Props {
  /** One that is to come. */
  version: Version
  onWithdrawn: (versions: EarningVersions) => void
}

/** Takes a version back before its day comes. */
export function Withdraw({ version, onWithdrawn }: Props) {
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
    <Ask<EarningVersions>
      label={words.withdrawNamed(name)}
      promise={words.withdrawPromise(name, dateTime(version.effectiveFromMs ?? 0))}
      confirm={words.withdrawNamed(name)}
      isDanger
      onConfirm={() =>
        api.post<EarningVersions>(`/points/rules/${String(version.rule.version)}/withdraw`, {})
      }
      onDone={onWithdrawn}
      onCancel={() => {
        setIsAsking(false)
      }}
    />
  )
}
