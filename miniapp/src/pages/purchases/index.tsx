import { View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import type { PurchasePage, PurchaseSummary } from '@huike/shared/contracts/member'
import { formatFen } from '@huike/shared/quantities'
import { ListEnd, Row } from '../../components/list.js'
import { Screen } from '../../components/screen.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { EmptyNotice, RemoteView, SkeletonRows } from '../../components/states.js'
import { formatPurchaseTotal, formatStoreTime } from '../../format.js'
import { services } from '../../platform/app-services.js'
import { useListPage } from '../../platform/use-list-page.js'
import { texts } from '../../texts.js'

const SKELETON_ROWS = 6

/** Purchases: everything bought at tills and online, newest first. */
export default function Purchases() {
  const { session, state } = useListPage(services.purchases)
  return (
    <Screen title={texts.titles.purchases}>
      {session.kind !== 'member' ? (
        <SignInPrompt sentence={texts.signInForPurchases} />
      ) : (
        <RemoteView
          state={state}
          onRetry={() => void services.purchases.refresh()}
          skeleton={<SkeletonRows rows={SKELETON_ROWS} />}
        >
          {(page) => (
            <>
              <PurchaseRows page={page} />
              {page.purchases.length > 0 && (
                <ListEnd state={state} onMore={() => void services.purchases.more()} />
              )}
            </>
          )}
        </RemoteView>
      )}
    </Screen>
  )
}

function PurchaseRows({ page }: { page: PurchasePage }) {
  if (page.purchases.length === 0)
    return <EmptyNotice title={texts.purchasesEmptyTitle} sentence={texts.purchasesEmpty} />
  return (
    <View className="hk-card" ariaRole="list">
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
      onPress={() => void Taro.navigateTo({ url: `/purchase/detail/index?id=${purchase.id}` })}
      main={
        <>
          <View className="hk-row__title">
            {purchase.storeName}
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
