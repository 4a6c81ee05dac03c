import { View } from '@tarojs/components'
import Taro, { useDidShow, usePullDownRefresh, useRouter } from '@tarojs/taro'
import { useEffect, useState } from 'react'
import { TextButton } from '../../components/buttons.js'
import { Entry } from '../../components/entries.js'
import { MemberCardSkeleton, MemberCardView } from '../../components/member-card.js'
import { Screen } from '../../components/screen.js'
import { RemoteView } from '../../components/states.js'
import { hasSeenPurchase, isBirthdayWanted } from '../../data/birthday-ask.js'
import { formatUnread } from '../../format.js'
import { services } from '../../platform/app-services.js'
import { openedCode } from '../../platform/opened-code.js'
import { goTo } from '../../platform/places.js'
import { refreshPulled } from '../../platform/use-list-page.js'
import { useStore } from '../../platform/use-store.js'
import { texts } from '../../texts.js'
import { BirthdayAskCard } from './birthday-ask-card.js'
import { DeletionCard } from './deletion-card.js'
import { Welcome } from './welcome.js'

/** Home: the member's card and what is new, or what a card would give. */
export default function Home() {
  const session = useStore(services.session)
  const { params } = useRouter()
  const { ref } = params
  const [scanned] = useState(() => openedCode(params))
  const isMember = session.kind === 'member'
  useEffect(() => {
    // A page that a member shared says whose it was.
    if (ref !== undefined && ref !== '') services.givenCode.note(ref)
  }, [ref])
  useEffect(() => {
    if (scanned !== null) services.posterCode.note(scanned)
  }, [scanned])
  useEffect(() => {
    // A coupon of a poster that was scanned here, or before there was somebody to take it.
    if (isMember && services.posterCode.get() !== '') goTo.claim()
  }, [isMember])
  usePullDownRefresh(() => {
    void refreshPulled({ refresh })
  })
  return (
    <Screen title={texts.titles.home}>
      {isMember ? <MemberHome /> : <Welcome session={session} />}
    </Screen>
  )
}

function MemberHome() {
  const state = useStore(services.card)
  useEffect(() => void refresh(), [])
  useDidShow(() => void refresh())
  return (
    <>
      <RemoteView state={state} onRetry={() => void refresh()} skeleton={<MemberCardSkeleton />}>
        {(card) => (
          <>
            {isWaiting(card.deletionDueAtMs) && <DeletionCard dueAtMs={card.deletionDueAtMs} />}
            <MemberCardView card={card} />
            <BirthdayAsk />
            <Entries levelName={card.levelName} couponsToClaim={card.couponsToClaim ?? 0} />
          </>
        )}
      </RemoteView>
      <TextButton label={texts.signOut} onPress={() => void confirmSignOut()} />
    </>
  )
}

/** A card kept by an earlier version of the mini-program says nothing of it. */
function isWaiting(dueAtMs: number | null | undefined): dueAtMs is number {
  return dueAtMs !== null && dueAtMs !== undefined
}

interface EntriesProps {
  readonly levelName: string
  readonly couponsToClaim: number
}

function Entries({ levelName, couponsToClaim }: EntriesProps) {
  const inbox = useStore(services.inbox)
  const unreadCount = inbox.kept?.value.unreadCount ?? 0
  return (
    <View className="hk-card">
      <Entry
        title={texts.inboxEntry}
        state={texts.inboxNoUnread}
        unread={unreadCount > 0 ? formatUnread(unreadCount) : null}
        onPress={goTo.inbox}
      />
      <Entry title={texts.titles.level} state={levelName} onPress={goTo.level} />
      <Entry title={texts.mallEntry} state={texts.mallEntryState} onPress={goTo.mall} />
      <Entry title={texts.couponsEntry} onPress={goTo.coupons} />
      <Entry
        title={texts.claimEntry}
        state={texts.claimEntryState}
        waiting={couponsToClaim > 0 ? texts.offersWaiting(couponsToClaim) : null}
        onPress={goTo.claim}
      />
      <Entry title={texts.packsEntry} state={texts.packsEntryState} onPress={goTo.packs} />
      <Entry title={texts.profileEntry} onPress={goTo.profile} />
      <Entry title={texts.privacyEntry} onPress={goTo.privacy} />
    </View>
  )
}

function BirthdayAsk() {
  const isDismissed = useStore(services.birthdayAsk)
  const purchases = useStore(services.purchases.all).kept?.value
  const profile = useStore(services.profile).kept?.value
  const isAsked = !isDismissed && hasSeenPurchase(purchases) && isBirthdayWanted(profile)
  useEffect(() => {
    if (isAsked) services.birthdayAsk.shown()
  }, [isAsked])
  if (!isAsked) return null
  return <BirthdayAskCard onGo={goTo.profile} onLater={services.birthdayAsk.dismiss} />
}

/** Everything home shows. The profile only where its answer decides whether to ask something. */
async function refresh(): Promise<void> {
  if (services.session.get().kind !== 'member') return
  const mayAsk =
    !services.birthdayAsk.get() && hasSeenPurchase(services.purchases.all.get().kept?.value)
  await Promise.all([
    services.card.refresh(),
    services.inbox.refresh(),
    services.reminders.flush(),
    ...(mayAsk ? [services.profile.refresh()] : []),
  ])
}

async function confirmSignOut(): Promise<void> {
  const answer = await Taro.showModal({
    title: texts.signOutTitle,
    content: texts.signOutSentence,
    confirmText: texts.signOut,
    cancelText: texts.cancel,
  })
  if (answer.confirm) services.session.signOut()
}
