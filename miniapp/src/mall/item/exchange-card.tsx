import { View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import { useState } from 'react'
import type { ExchangeRequest, MallItem, MallItemAnswer } from '@huike/shared/contracts/mall'
import { PrimaryButton } from '../../components/buttons.js'
import { SpokenMessage } from '../../components/messages.js'
import { services } from '../../platform/app-services.js'
import { press } from '../../platform/press.js'
import { texts } from '../../texts.js'
import { askSentence, pointsOf, quantityMaxOf, whatWords, whyWords } from '../item-words.js'
import type { Taking } from './use-taking.js'

/** How many, what that comes to, what is left, and the button; or why not. */
export function ExchangeCard({ answer, taking }: { answer: MallItemAnswer; taking: Taking }) {
  const { item, spendablePoints } = answer
  const [wanted, setWanted] = useState(1)
  const { message, isBusy, take } = taking
  const why = whyWords(item)
  const most = quantityMaxOf(item, spendablePoints)
  const quantity = Math.min(wanted, most)
  const cost = item.pricePoints * quantity
  const exchange = () =>
    take(async () => {
      const question = askSentence(
        { item, quantity, spendablePoints },
        services.session.serverNowMs(),
      )
      const { itemId, pricePoints } = item
      return (await isConfirmed(question)) ? { itemId, quantity, pricePoints } : null
    })
  return (
    <View className="hk-card">
      {why === null && most > 1 && (
        <Quantity quantity={quantity} most={most} isBusy={isBusy} onChange={setWanted} />
      )}
      <Fact name={texts.mallHave} value={texts.mallPoints(pointsOf(spendablePoints))} />
      {why === null && (
        <>
          <Fact name={texts.mallCost} value={texts.mallPoints(pointsOf(cost))} />
          <Fact
            name={texts.mallRest}
            value={texts.mallPoints(pointsOf(Math.max(spendablePoints - cost, 0)))}
          />
        </>
      )}
      <SpokenMessage message={message} isGood={false} />
      {why !== null && message === '' && <View className="hk-mall-why">{why}</View>}
      {why === null && (
        <View className="hk-card-end">
          <PrimaryButton
            label={isBusy ? texts.mallBusy : texts.mallExchange(pointsOf(cost))}
            isBusy={isBusy}
            onPress={() => void exchange()}
          />
        </View>
      )}
    </View>
  )
}

/** A request whose answer was lost: it is asked for again, or nothing is. */
export function OpenCard(props: {
  readonly open: ExchangeRequest
  readonly item: MallItem | null
  readonly taking: Taking
}) {
  const { open, item, taking } = props
  const { message, isBusy, take } = taking
  const what = item === null ? texts.mallOpenUnknown : whatWords(item, open.quantity)
  return (
    <View className="hk-card">
      <View className="hk-card__note">
        {texts.mallOpen(what, pointsOf(open.pricePoints * open.quantity))}
      </View>
      <SpokenMessage message={message === '' ? texts.mallUnsure : message} isGood={false} />
      <View className="hk-card-end">
        <PrimaryButton
          label={isBusy ? texts.mallCheckBusy : texts.mallCheck}
          isBusy={isBusy}
          onPress={() => void take(() => Promise.resolve(open))}
        />
      </View>
    </View>
  )
}

function Quantity(props: {
  readonly quantity: number
  readonly most: number
  readonly isBusy: boolean
  readonly onChange: (quantity: number) => void
}) {
  const { quantity, most, isBusy, onChange } = props
  const step = (label: string, sign: string, next: number) => {
    const isIdle = isBusy || next < 1 || next > most
    return (
      <View
        className={`hk-step-button${isIdle ? ' hk-step-button--idle' : ''}`}
        ariaRole="button"
        ariaLabel={label}
        {...press(() => {
          if (!isIdle) onChange(next)
        })}
      >
        {sign}
      </View>
    )
  }
  return (
    <View className="hk-quantity">
      <View className="hk-quantity__name">{texts.mallQuantity}</View>
      {step(texts.mallFewer, '−', quantity - 1)}
      <View className="hk-quantity__figure" ariaLive="polite">
        {String(quantity)}
      </View>
      {step(texts.mallMore, '+', quantity + 1)}
    </View>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <View className="hk-fact">
      <View className="hk-fact__name">{name}</View>
      <View className="hk-fact__value">{value}</View>
    </View>
  )
}

async function isConfirmed(question: string): Promise<boolean> {
  const answer = await Taro.showModal({
    title: texts.mallAskTitle,
    content: question,
    confirmText: texts.mallAskConfirm,
    cancelText: texts.cancel,
  })
  return answer.confirm
}
