import { Textarea, View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import { useState } from 'react'
import type { OwnReview, ReviewDraft } from '@huike/shared/contracts/reviews'
import type { Result } from '../../api/result.js'
import { PrimaryButton, TextButton } from '../../components/buttons.js'
import { Heading } from '../../components/heading.js'
import { SpokenMessage } from '../../components/messages.js'
import { formatPoints } from '../../format.js'
import { services } from '../../platform/app-services.js'
import { press } from '../../platform/press.js'
import { texts } from '../../texts.js'

const STARS = [1, 2, 3, 4, 5] as const
/** As the contract has it, whose values stay out of the mini-program. */
const CHARACTERS_MAX = 200

interface Props {
  readonly purchaseId: string
  readonly review: OwnReview
  readonly onChanged: (review: OwnReview) => void
}

/** A shopper's own review of the purchase: to be written, or what became of it. */
export function ReviewCard(props: Props) {
  return (
    <View className="hk-card">
      <Heading look="hk-card__title" text={texts.reviewTitle} />
      {props.review.state === 'open' ? <Writing {...props} /> : <Written {...props} />}
    </View>
  )
}

function Writing({ purchaseId, review, onChanged }: Props) {
  const [stars, setStars] = useState(0)
  const [text, setText] = useState('')
  const { isBusy, message, send, hush } = useSending(onChanged)
  const points = formatPoints(review.points)
  const draft: ReviewDraft = { stars, text }
  return (
    <>
      <View className="hk-card__note">{texts.reviewAsk(points, review.untilDate ?? '')}</View>
      <View className="hk-stars" ariaRole="radiogroup" ariaLabel={texts.reviewStars}>
        {STARS.map((star) => (
          <View
            key={star}
            className={`hk-star${star <= stars ? ' hk-star--lit' : ''}`}
            ariaRole="radio"
            ariaLabel={texts.reviewStar(star)}
            ariaChecked={star === stars ? 'true' : 'false'}
            {...press(() => {
              setStars(star)
              hush()
            })}
          >
            {star <= stars ? '★' : '☆'}
          </View>
        ))}
      </View>
      <Words words={text} onInput={setText} />
      <SpokenMessage message={message} isGood={false} />
      <View className="hk-card-end">
        <PrimaryButton
          label={isBusy ? texts.reviewBusy : texts.reviewSend}
          isBusy={isBusy}
          onPress={() =>
            void send(() =>
              stars === 0
                ? Promise.resolve({
                    ok: false,
                    code: 'input_invalid',
                    sentence: texts.reviewNoStars,
                  })
                : services.writeReview(purchaseId, draft),
            )
          }
        />
      </View>
    </>
  )
}

/** Several lines of words. */
function Words({ words, onInput }: { words: string; onInput: (words: string) => void }) {
  const label = texts.reviewWords
  // In a browser the field that is read out is inside Taro's own element.
  const inBrowser = process.env.TARO_ENV === 'h5' ? { nativeProps: { 'aria-label': label } } : {}
  return (
    <>
      <Textarea
        className="hk-words"
        maxlength={CHARACTERS_MAX}
        placeholder={texts.reviewPlaceholder}
        placeholderClass="hk-input__placeholder"
        ariaLabel={label}
        value={words}
        {...inBrowser}
        onInput={(event) => {
          onInput(event.detail.value)
        }}
      />
      <View className="hk-field__why">{texts.reviewPrivate}</View>
    </>
  )
}

function Written({ purchaseId, review, onChanged }: Props) {
  const { message, send } = useSending(onChanged)
  const { state, stars, text, reason } = review
  const withdraw = async () => {
    const answer = await Taro.showModal({
      title: texts.reviewWithdrawTitle,
      content: texts.reviewWithdrawSentence,
      confirmText: texts.reviewWithdraw,
      cancelText: texts.cancel,
    })
    if (answer.confirm) await send(() => services.withdrawReview(purchaseId))
  }
  return (
    <>
      {stars !== null && (
        <View className="hk-stars__given" ariaLabel={texts.reviewStar(stars)}>
          {STARS.map((star) => (star <= stars ? '★' : '☆')).join('')}
        </View>
      )}
      {text !== null && text !== '' && <View className="hk-field__whole">{text}</View>}
      <View className="hk-card__note">
        {texts.reviewState(state, formatPoints(review.points), reason)}
      </View>
      <SpokenMessage message={message} isGood={false} />
      {state !== 'withdrawn' && (
        <TextButton label={texts.reviewWithdraw} onPress={() => void withdraw()} />
      )}
    </>
  )
}

/** One attempt at a time; what it was refused with stands beside it. */
function useSending(onChanged: (review: OwnReview) => void) {
  const [isBusy, setBusy] = useState(false)
  const [message, setMessage] = useState('')
  const send = async (ask: () => Promise<Result<OwnReview>>) => {
    setBusy(true)
    setMessage('')
    const result = await ask()
    setBusy(false)
    if (result.ok) onChanged(result.value)
    else setMessage(result.sentence)
  }
  const hush = () => {
    setMessage('')
  }
  return { isBusy, message, send, hush }
}
