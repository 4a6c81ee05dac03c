import { View } from '@tarojs/components'
import { usePullDownRefresh, useRouter } from '@tarojs/taro'
import { useEffect, useMemo } from 'react'
import type { CouponOffer } from '@huike/shared/contracts/coupon-offers'
import type { PurchaseDetail } from '@huike/shared/contracts/member'
import type { MemberPickup } from '@huike/shared/contracts/pickups'
import type { OwnReview } from '@huike/shared/contracts/reviews'
import { fen, formatFen } from '@huike/shared/quantities'
import { TextButton } from '../../components/buttons.js'
import { OfferCard } from '../../components/offer-card.js'
import { Screen } from '../../components/screen.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { EmptyNotice, RemoteView, SkeletonRows } from '../../components/states.js'
import type { Remote } from '../../data/remote.js'
import {
  figureSize,
  formatMilli,
  formatPurchaseTotal,
  formatSignedPoints,
  formatStoreTime,
} from '../../format.js'
import { services } from '../../platform/app-services.js'
import { goTo } from '../../platform/places.js'
import { refreshPulled } from '../../platform/use-list-page.js'
import { useStore } from '../../platform/use-store.js'
import { texts } from '../../texts.js'
import { PickupCard } from './pickup-card.js'
import { ReviewCard } from './review-card.js'

const SKELETON_ROWS = 4
/** One piece, in thousandths. */
const ONE_MILLI = 1000

/** One purchase: what was bought, how it was paid, what it did to the points. */
export default function Purchase() {
  const { id } = useRouter().params
  const session = useStore(services.session)
  return (
    <Screen title={texts.titles.purchase}>
      {session.kind !== 'member' ? (
        <SignInPrompt sentence={texts.signInForPurchases} />
      ) : id === undefined ? (
        <EmptyNotice title={texts.failedTitle} sentence={texts.purchaseGone} />
      ) : (
        <PurchaseOf id={id} />
      )}
    </Screen>
  )
}

function PurchaseOf({ id }: { id: string }) {
  const remote = useMemo(() => services.purchase(id), [id])
  const state = useStore(remote)
  useEffect(() => {
    void remote.refresh()
  }, [remote])
  usePullDownRefresh(() => {
    void refreshPulled(remote)
  })
  return (
    <RemoteView
      state={state}
      onRetry={() => void remote.refresh()}
      skeleton={<SkeletonRows rows={SKELETON_ROWS} />}
    >
      {(purchase) => (
        <PurchaseView
          {...{ purchase, remote }}
          onReviewed={(review) => {
            remote.accept({ ...purchase, review })
          }}
        />
      )}
    </RemoteView>
  )
}

function PurchaseView(props: {
  purchase: PurchaseDetail
  remote: Remote<PurchaseDetail>
  onReviewed: (review: OwnReview) => void
}) {
  const { purchase, remote, onReviewed } = props
  const { originalPurchaseId } = purchase
  // Purchases kept from before say nothing of it.
  const review = (purchase.review as OwnReview | null | undefined) ?? null
  const pickup = (purchase.pickup as MemberPickup | null | undefined) ?? null
  const total = formatPurchaseTotal(purchase)
  return (
    <>
      {pickup !== null && pickup.code !== null && <PickupCard {...{ pickup, remote }} />}
      <View className="hk-total">
        <View className="hk-total__label">{texts.purchaseTotal[purchase.kind]}</View>
        <View className={`hk-total__figure${figureSize(total)}`}>{total}</View>
        <View className="hk-total__store">{purchase.storeName}</View>
      </View>
      {pickup?.code === null && <PickupCard {...{ pickup, remote }} />}
      {offersOf(purchase).map((offer) => (
        <OfferCard key={offer.ruleId} offer={offer} isAtPurchase />
      ))}
      <Lines purchase={purchase} />
      <Payments purchase={purchase} />
      <Facts purchase={purchase} />
      {review !== null && (
        <ReviewCard purchaseId={purchase.id} review={review} onChanged={onReviewed} />
      )}
      {originalPurchaseId !== null && (
        <TextButton
          label={texts.originalPurchase}
          onPress={() => {
            goTo.purchase(originalPurchaseId)
          }}
        />
      )}
    </>
  )
}

/** Purchases kept from before say nothing of it. */
function offersOf({ offers }: PurchaseDetail): readonly CouponOffer[] {
  return offers ?? []
}

function Lines({ purchase }: { purchase: PurchaseDetail }) {
  return (
    <View className="hk-card">
      <View className="hk-card__title">{texts.linesTitle}</View>
      {purchase.lines.length === 0 && <View className="hk-card__note">{texts.goodsNone}</View>}
      {purchase.lines.map((line, i) => (
        <View key={i} className="hk-line">
          <View className="hk-line__name">
            {line.name}
            <View className="hk-line__quantity">{quantityOf(line)}</View>
          </View>
          <View className="hk-line__amount">{formatFen(fen(line.amountFen))}</View>
        </View>
      ))}
    </View>
  )
}

/** `¥12.80 × 1.256`; nothing for a line that is no article, like a discount. */
function quantityOf({ unitPriceFen, quantityMilli }: PurchaseDetail['lines'][number]): string {
  const quantity = `× ${formatMilli(quantityMilli)}`
  if (unitPriceFen !== null) return `${formatFen(unitPriceFen)} ${quantity}`
  return quantityMilli === ONE_MILLI ? '' : quantity
}

function Payments({ purchase }: { purchase: PurchaseDetail }) {
  if (purchase.payments.length === 0) return null
  return (
    <View className="hk-card">
      <View className="hk-card__title">{texts.paymentsTitle[purchase.kind]}</View>
      {purchase.payments.map((payment, i) => (
        <Fact
          key={i}
          name={texts.paymentMethods[payment.method] ?? payment.method}
          value={formatFen(payment.amountFen)}
        />
      ))}
    </View>
  )
}

function Facts({ purchase }: { purchase: PurchaseDetail }) {
  const { refundedFen, receiptNo } = purchase
  return (
    <View className="hk-card">
      <View className="hk-card__title">{texts.detailTitle}</View>
      <Fact
        name={texts.fieldPoints}
        value={`${formatSignedPoints(purchase.points)} ${texts.pointsUnit}`}
      />
      {refundedFen > 0 && <Fact name={texts.fieldRefunded} value={formatFen(refundedFen)} />}
      <Fact name={texts.fieldTime} value={formatStoreTime(purchase.occurredAtMs)} />
      <Fact name={texts.fieldBusinessDate} value={purchase.businessDate} />
      {receiptNo !== null && <Fact name={texts.fieldReceiptNo} value={receiptNo} />}
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
