import type { Campaign } from '@huike/shared/contracts/console-campaigns'
import { Button } from 'antd'
import { useState } from 'react'
import { Dialog } from '../dialog.js'
import { count } from '../format.js'
import { useSession } from '../session.js'
import { Failure } from '../trouble.js'
import { campaignStrings } from './strings.js'

const words = campaignStrings.one

interface Props {
  campaign: Campaign
  onCancelled: (campaign: Campaign) => void
  onClose: () => void
}

/** Says in numbers who has it already and who will not get it, before it is stopped. */
export function ConfirmCancel({ campaign, onCancelled, onClose }: Props) {
  const { api } = useSession()
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const { counts, state } = campaign
  const isScheduled = state === 'scheduled'
  const sent = counts.sent + counts.sending + counts.doubtful
  const cancel = async () => {
    setIsBusy(true)
    setProblem(null)
    const path = `/campaigns/${encodeURIComponent(campaign.id)}/cancel`
    const answer = await api.post<Campaign>(path)
    setIsBusy(false)
    if (answer.ok) onCancelled(answer.value)
    else setProblem(answer.sentence)
  }
  return (
    <Dialog
      title={words.cancelTitle}
      isBusy={isBusy}
      onClose={onClose}
      actions={
        <>
          <Button autoFocus disabled={isBusy} onClick={onClose}>
            {isScheduled ? words.keepScheduled : words.keep}
          </Button>
          <Button type="primary" danger loading={isBusy} onClick={() => void cancel()}>
            {isScheduled ? words.cancelDoScheduled : words.cancelDo(count(counts.waiting))}
          </Button>
        </>
      }
    >
      <p className="c-sentence">
        {isScheduled
          ? words.cancelScheduled
          : words.cancelWords(count(sent), count(counts.waiting))}
      </p>
      {problem !== null && <Failure sentence={problem} />}
    </Dialog>
  )
}
