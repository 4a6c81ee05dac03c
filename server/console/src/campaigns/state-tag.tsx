import type { CampaignState } from '@huike/shared/contracts/console-campaigns'
import { Tag } from 'antd'
import { campaignStrings } from './strings.js'

const COLOURS: Readonly<Record<CampaignState, string>> = {
  scheduled: 'warning',
  picking: 'success',
  sending: 'success',
  done: 'default',
  cancelled: 'error',
}

/** A campaign's state, in its word and colour. */
export function StateTag({ state }: { state: CampaignState }) {
  return (
    <Tag color={COLOURS[state]} className={state === 'done' ? 'm-plain' : ''}>
      {campaignStrings.state(state)}
    </Tag>
  )
}
