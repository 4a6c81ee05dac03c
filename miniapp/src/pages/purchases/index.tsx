import { View } from '@tarojs/components'
import { useState } from 'react'
import type { PurchasePage, PurchaseSummary } from '@huike/shared/contracts/member'
import { formatFen } from '@huike/shared/quantities'
import type { Channel } from '../../api/routes.js'
import { ListEnd, Row } from '../../components/list.js'
import { Screen } from '../../components/screen.js'
import { Segments } from '../../components/segments.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { EmptyNotice, RemoteView, SkeletonRows } from '../../components/states.js'
import { formatPurchaseTotal, formatStoreTime } from '../../format.js'
import { services } from '../../platform/app-services.js'
import { goTo } from '../../platform/places.js'
import { useListPage } from '../../platform/use-list-page.js'
import { texts } from '../../texts.js'
import { WaitingPickups } from './waiting-pickups.js'

const SKELETON_ROWS = 6

const CHOICES = [
  { value: 'all', title: texts.channelAll },
  { value: 'pos', title: texts.channel.pos },
  { value: 'online', title: texts.channel.online },
] as const

/** Purchases: everything bought at tills and online, newest first. */
export default function Purchases() {
  const [channel, setChannel] = useState<'all' | Channel>('all')
  const list = services.purchases[channel]
  const { session, state } = useListPage(list)
  return (
    <Screen title={texts.titles.purchases}>
      {session.kind !== 'member' ? (
        <SignInPrompt sentence={texts.signInForPurchases} />
      ) : (
        <>
          <WaitingPickups />
          <Segments
            label={texts.channelFilter}
            choices={CHOICES}
            chosen={channel}
            onChoose={setChannel}
          />
          <RemoteView
            state={state}
            onRetry={() => void list.refresh()}
            skeleton={<SkeletonRows rows={SKELETON_ROWS} />}
          >
            {(page) => (
              <>
                <PurchaseRows page={page} isWhole={channel === 'all'} />
                {page.purchases.length > 0 && (
                  <ListEnd state={state} onMore={() => void list.more()} />
                )}
              </>
            )}
          </RemoteView>
        </>
      )}
    </Screen>
  )
}

function PurchaseRows({ page, isWhole }: { page: PurchasePage; isWhole: boolean }) {
  if (page.purchases.length === 0)
    return isWhole ? (
      <EmptyNotice title={texts.purchasesEmptyTitle} sentence={texts.purchasesEmpty} />
    ) : (
      <EmptyNotice title={texts.purchasesNoneInChannel} sentence={texts.purchasesEmpty} />
    )
  return (
    <View className="hk-card">
      {page.purchases.map((purchase) => (
        <PurchaseRow key={purchase.id} purchase={purchase} />
      ))}
    </View>
  )
}

function PurchaseRow({ purchase }: { purchase: PurchaseSummary }) {
  const total = formatPurchaseTotal(purchase)
  const time = formatStoreTime(purchase.occurredAtMs)
  const goods = goodsOf(purchase)
  return (
    <Row
      label={`${purchase.storeName} ${goods} ${total} ${time}`}
      onPress={() => {
        goTo.purchase(purchase.id)
      }}
      main={
        <>
          <View className="hk-row__title">
            <View className="hk-row__name">{purchase.storeName}</View>
            {purchase.kind === 'refund' && (
              <View className="hk-tag hk-tag--warn">{texts.refundTag}</View>
            )}
            {purchase.channel === 'online' && (
              <View className="hk-tag">{texts.channel.online}</View>
            )}
          </View>
          <View className="hk-row__sentence">{goods}</View>
          <View className="hk-row__time">{time}</View>
        </>
      }
      figure={
        <>
          <View className="hk-amount">{total}</View>
          {purchase.refundedFen > 0 && (
            <View className="hk-row__time">{texts.refunded(formatFen(purchase.refundedFen))}</View>
          )}
        </>
      }
    />
  )
}

function goodsOf({ firstLineName, lineCount }: PurchaseSummary): string {
  if (firstLineName !== null) return texts.goods(firstLineName, lineCount)
  return lineCount > 0 ? texts.goodsUnnamed(lineCount) : texts.goodsNone
}
