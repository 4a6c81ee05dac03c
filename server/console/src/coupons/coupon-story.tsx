import type { CouponStory } from '@huike/shared/contracts/console-coupons'
import { COUNTER_REASON_WORDS } from '@huike/shared/counter-reasons'
import { Button, Tag } from 'antd'
import { useId } from 'react'
import { dateTime } from '../format.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { codeWords } from './code.js'
import { storyStrings as words } from './strings.js'

/** What happened to one coupon, from its birth to now. */
export function CouponStoryTile({ story, onClose }: { story: CouponStory; onClose: () => void }) {
  const { may } = useSession()
  const id = useId()
  const { code, name, headline, memberId, state, poster, counterReason } = story
  const { validFromMs, validUntilMs, steps } = story
  return (
    <section className="tile coupon-story" aria-labelledby={id}>
      <div className="section-head">
        <h2 id={id}>{words.result(codeWords(code))}</h2>
        <Button onClick={onClose}>{words.close}</Button>
      </div>
      <div className="coupon-head">
        <strong className="coupon-name">{name}</strong>
        <Tag color={state === 'issued' ? 'success' : 'default'}>{words.state(state)}</Tag>
      </div>
      <p>{headline}</p>
      <p className="note">{words.valid(dateTime(validFromMs), dateTime(validUntilMs))}</p>
      {counterReason !== null && (
        <p className="note">{words.counter(COUNTER_REASON_WORDS[counterReason])}</p>
      )}
      {poster !== null && <p className="note">{words.poster(poster.name, poster.code)}</p>}
      {may('members.view') && (
        <p>
          <a className="back" href={hrefOf(`/members/${memberId}`)}>
            {words.member}
          </a>
        </p>
      )}
      <ol className="coupon-steps" aria-label={words.steps}>
        {steps.map((step, at) => (
          <li key={String(at)}>
            <span>{words.step(step.kind)}</span>
            <span className="note">
              {dateTime(step.atMs)} · {step.by}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
