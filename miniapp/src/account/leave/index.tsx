import { View } from '@tarojs/components'
import Taro, { usePullDownRefresh } from '@tarojs/taro'
import { useState } from 'react'
import type { Deletion } from '@huike/shared/contracts/rights'
import { PrimaryButton, QuietButton } from '../../components/buttons.js'
import { Heading } from '../../components/heading.js'
import { SpokenMessage } from '../../components/messages.js'
import { Screen } from '../../components/screen.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { RemoteView, SkeletonRows } from '../../components/states.js'
import { Toggle } from '../../components/toggle.js'
import { formatPoints, formatStoreDate } from '../../format.js'
import { services } from '../../platform/app-services.js'
import { refreshPulled, useRefreshOnShow } from '../../platform/use-list-page.js'
import { useStore } from '../../platform/use-store.js'
import { texts } from '../../texts.js'

const SKELETON_ROWS = 5

/** Leaving for good: what is lost in figures, then a tick, then a question; days to take it back. */
export default function LeaveScreen() {
  const session = useStore(services.session)
  usePullDownRefresh(() => {
    void refreshPulled(services.deletion)
  })
  return (
    <Screen title={texts.titles.leave}>
      {session.kind === 'member' ? (
        <LeaveOfMember />
      ) : (
        <SignInPrompt sentence={texts.signInForLeave} />
      )}
    </Screen>
  )
}

function LeaveOfMember() {
  const state = useStore(services.deletion)
  const [message, setMessage] = useState('')
  const [isGood, setGood] = useState(true)
  useRefreshOnShow(services.deletion)
  const tell = (sentence: string, good: boolean) => {
    setMessage(sentence)
    setGood(good)
  }
  return (
    <RemoteView
      state={state}
      onRetry={() => void services.deletion.refresh()}
      skeleton={<SkeletonRows rows={SKELETON_ROWS} />}
    >
      {(deletion) => (
        <>
          <SpokenMessage message={message} isGood={isGood} />
          {deletion.state === 'waiting' ? (
            <Waiting deletion={deletion} onTold={tell} />
          ) : (
            <Decision deletion={deletion} onTold={tell} />
          )}
        </>
      )}
    </RemoteView>
  )
}

interface StepProps {
  readonly deletion: Deletion
  readonly onTold: (sentence: string, isGood: boolean) => void
}

/** It is asked for: when it happens, and the one tap that takes it back. */
function Waiting({ deletion, onTold }: StepProps) {
  const [isBusy, setBusy] = useState(false)
  const takeBack = async () => {
    setBusy(true)
    const result = await services.takeDeletionBack()
    setBusy(false)
    onTold(result.ok ? texts.leaveBackDone : result.sentence, result.ok)
  }
  const { dueAtMs } = deletion
  return (
    <View className="hk-card">
      <Heading look="hk-card__title" text={texts.leaveWaitingTitle} />
      <View className="hk-card__note">
        {texts.leaveWaiting(dueAtMs === null ? '' : formatStoreDate(dueAtMs))}
      </View>
      <PrimaryButton
        label={isBusy ? texts.leaveBackBusy : texts.leaveBack}
        isBusy={isBusy}
        onPress={() => void takeBack()}
      />
    </View>
  )
}

/** What is lost is above the button, and the button is of no use before it was ticked as read. */
function Decision({ deletion, onTold }: StepProps) {
  const [isRead, setRead] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const leave = async () => {
    if (!(await isConfirmed(deletion))) return
    setBusy(true)
    const { balancePoints } = deletion
    const result = await services.askDeletion({ isConfirmed: true, balancePoints })
    // Points came or went meanwhile: the new figure is fetched, to be read before it is given up.
    if (!result.ok && result.code === 'deletion_changed') await services.deletion.refresh()
    setBusy(false)
    onTold(result.ok ? '' : result.sentence, result.ok)
  }
  return (
    <>
      <View className="hk-lead">{texts.leaveLead}</View>
      <Losses deletion={deletion} />
      <What days={deletion.coolingOffDays} />
      <View className="hk-card">
        <View className="hk-consent__head">
          <View className="hk-consent__title">{texts.leaveConfirmLabel}</View>
          <Toggle
            label={texts.leaveConfirmLabel}
            isOn={isRead}
            isBusy={isBusy}
            onChange={setRead}
          />
        </View>
        {isRead && (
          <QuietButton
            label={isBusy ? texts.leaveBusy : texts.leaveButton}
            isBusy={isBusy}
            onPress={() => void leave()}
          />
        )}
      </View>
      <PrimaryButton label={texts.leaveStay} onPress={() => void Taro.navigateBack()} />
    </>
  )
}

function Losses({ deletion }: { deletion: Deletion }) {
  const { balancePoints, levelName, purchaseCount, messageCount, waitingPieces } = deletion
  // What is kept from before says nothing of it.
  const orders = (deletion.waitingOrders as number | undefined) ?? 0
  const lost = [
    [texts.leavePoints, texts.leavePointsValue(formatPoints(balancePoints))],
    [texts.leaveCoupons, texts.leaveCouponsValue],
    ...(waitingPieces > 0
      ? ([[texts.leaveGoods, texts.leaveGoodsValue(waitingPieces)]] as const)
      : []),
    ...(orders > 0 ? ([[texts.leaveOrders, texts.leaveOrdersValue(orders)]] as const) : []),
    [texts.leaveLevel, levelName],
    [texts.leavePurchases, texts.leavePurchasesValue(purchaseCount)],
    [texts.leaveMessages, texts.leaveMessagesValue(messageCount)],
  ] as const
  return (
    <View className="hk-card">
      <Heading look="hk-card__title" text={texts.leaveLosesTitle} />
      {lost.map(([what, value]) => (
        <View key={what} className="hk-fact">
          <View className="hk-held__what">{what}</View>
          <View className="hk-fact__value">{value}</View>
        </View>
      ))}
    </View>
  )
}

function What({ days }: { days: number }) {
  return (
    <View className="hk-card">
      <Heading look="hk-card__title" text={texts.leaveWhatTitle} />
      {texts.leaveWhat(days).map((sentence) => (
        <View key={sentence} className="hk-card__note">
          {sentence}
        </View>
      ))}
    </View>
  )
}

async function isConfirmed({ balancePoints, coolingOffDays }: Deletion): Promise<boolean> {
  const answer = await Taro.showModal({
    title: texts.leaveAskTitle,
    content: texts.leaveAskSentence(formatPoints(balancePoints), coolingOffDays),
    confirmText: texts.leaveAskConfirm,
    cancelText: texts.cancel,
  })
  return answer.confirm
}
