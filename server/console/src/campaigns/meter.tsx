import type { CampaignHead } from '@huike/shared/contracts/console-campaigns'
import { Progress } from 'antd'
import { percentOf } from './results.js'

interface Props {
  head: Pick<CampaignHead, 'state' | 'counts'>
  label: string
}

/** How far a campaign is, in one line. */
export function Meter({ head, label }: Props) {
  return (
    <Progress
      aria-label={label}
      percent={percentOf(head)}
      showInfo={false}
      size="small"
      strokeColor="var(--hk-brand)"
    />
  )
}
