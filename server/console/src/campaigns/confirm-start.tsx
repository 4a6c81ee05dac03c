import { bodyWithCoupon } from '@huike/shared/campaign-coupon'
import type {
  AudiencePreview,
  CampaignStart,
  CouponForecast,
} from '@huike/shared/contracts/console-campaigns'
import { Button } from 'antd'
import { Dialog } from '../dialog.js'
import { count, dateTime, money } from '../format.js'
import { hrefOf } from '../router.js'
import { Failure } from '../trouble.js'
import { smsOf } from './message-form.js'
import { isCouponShort } from './results.js'
import { campaignStrings } from './strings.js'
import type { Counted } from './use-audience.js'

const words = campaignStrings.confirm

/** Why the last try did not start it. */
export type StartProblem =
  { kind: 'refused'; sentence: string } | { kind: 'unanswered' | 'conflict' }

interface Props {
  start: CampaignStart
  counted: Counted
  timeZone: string
  isBusy: boolean
  problem: StartProblem | null
  onSend: () => void
  onClose: () => void
  /** Told before the list is shown because the form was used up. */
  onGiveUp: () => void
}

/** Says in numbers what will happen, before the button that does it. */
export function ConfirmStart(props: Props) {
  const { start, counted, isBusy, problem, onSend, onClose, onGiveUp } = props
  const { preview, isFresh } = counted
  const known = isFresh ? preview : null
  const isNow = start.sendAtMs === null
  const people = count(known?.reachableCount ?? 0)
  const isUsedUp = problem?.kind === 'conflict'
  const isPointless = known === null || (isNow && known.reachableCount === 0)
  return (
    <Dialog
      title={words.title}
      isBusy={isBusy}
      onClose={onClose}
      actions={
        <>
          {isUsedUp ? (
            <Button autoFocus type="primary" href={hrefOf('/campaigns')} onClick={onGiveUp}>
              {words.toList}
            </Button>
          ) : (
            <Button
              autoFocus
              type="primary"
              loading={isBusy}
              disabled={isPointless}
              onClick={onSend}
            >
              {isNow ? words.submit(people) : words.schedule(people)}
            </Button>
          )}
          <Button disabled={isBusy} onClick={onClose}>
            {words.cancel}
          </Button>
        </>
      }
    >
      {known === null ? <Waiting counted={counted} /> : <Numbers {...props} known={known} />}
      {problem !== null && <Failure sentence={sentenceOf(problem)} />}
    </Dialog>
  )
}

function Waiting({ counted }: { counted: Counted }) {
  if (counted.problem !== null)
    return <Failure sentence={counted.problem} onRetry={counted.retry} />
  return <p role="status">{campaignStrings.form.counting}</p>
}

function Numbers({ start, known, timeZone }: Props & { known: AudiencePreview }) {
  const when = start.sendAtMs === null ? words.now : words.at(dateTime(start.sendAtMs, timeZone))
  const channels = known.byChannel
    .filter((one) => one.count > 0)
    .map((one) => words.channelCount(campaignStrings.channel(one.channel), count(one.count)))
  const leftOut = known.matchedCount - known.reachableCount
  const { coupon } = known
  const body = coupon === null ? start.body : bodyWithCoupon(coupon.headline, start.body)
  const isBySms = known.byChannel.some((one) => one.channel === 'sms' && one.count > 0)
  return (
    <>
      <p className="c-sentence">
        {known.reachableCount === 0
          ? words.nobody
          : words.sentence(count(known.reachableCount), when)}
      </p>
      {channels.length > 0 && !isCouponShort(known) && (
        <p>{words.byChannel(channels.join('，'))}</p>
      )}
      {leftOut > 0 && <p>{words.leftOut(count(leftOut))}</p>}
      {coupon !== null && <p>{couponSentence(coupon, known.reachableCount)}</p>}
      {start.sendAtMs === null && known.heldCount > 0 && (
        <p>{words.held(count(known.heldCount))}</p>
      )}
      {isBySms && <p>{words.sms(smsOf({ title: start.title, body }).parts)}</p>}
      <blockquote className="c-card">
        <strong>{start.title}</strong>
        <p className="c-written">{body}</p>
      </blockquote>
      <p className="note">{words.recount}</p>
    </>
  )
}

function couponSentence({ name, mostFen }: CouponForecast, people: number): string {
  const most = mostFen === null ? null : money(mostFen)
  return words.coupon(name, count(people), most)
}

function sentenceOf(problem: StartProblem): string {
  switch (problem.kind) {
    case 'refused':
      return problem.sentence
    case 'unanswered':
      return words.unanswered
    case 'conflict':
      return words.conflict
  }
}
