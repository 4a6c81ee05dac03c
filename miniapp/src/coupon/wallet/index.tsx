import { View } from '@tarojs/components'
import { useState } from 'react'
import type { HeldCoupon, WalletPage } from '@huike/shared/contracts/coupons'
import { Entry } from '../../components/entries.js'
import { ListEnd } from '../../components/list.js'
import { Screen } from '../../components/screen.js'
import { Segments } from '../../components/segments.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { EmptyNotice, RemoteView, SkeletonRows } from '../../components/states.js'
import type { WalletPile } from '../../data/coupons.js'
import { services } from '../../platform/app-services.js'
import { goTo } from '../../platform/places.js'
import { press, spoken } from '../../platform/press.js'
import { useListPage } from '../../platform/use-list-page.js'
import { texts } from '../../texts.js'
import { couponTime } from '../coupon-time.js'
import { TicketFace, ticketLabel } from '../ticket.js'

const SKELETON_ROWS = 4

const CHOICES = (['issued', 'redeemed', 'expired'] as const).map((value) => ({
  ...{ value, title: texts.couponPile[value] },
}))

/** The wallet: what can be used, what ends first on top; and what was used or not used in time. */
export default function Wallet() {
  const [pile, setPile] = useState<WalletPile>('issued')
  const list = services.coupons.wallet[pile]
  const { session, state } = useListPage(list)
  return (
    <Screen title={texts.titles.coupons}>
      {session.kind !== 'member' ? (
        <SignInPrompt sentence={texts.signInForCoupons} />
      ) : (
        <>
          <Segments label={texts.couponPiles} choices={CHOICES} chosen={pile} onChoose={setPile} />
          {pile === 'issued' && (
            <View className="hk-card">
              <Entry title={texts.claimEntry} state={texts.claimEntryState} onPress={goTo.claim} />
            </View>
          )}
          <RemoteView
            state={state}
            onRetry={() => void list.refresh()}
            skeleton={<SkeletonRows rows={SKELETON_ROWS} />}
          >
            {(page) => (
              <>
                <Coupons page={page} pile={pile} />
                {page.coupons.length > 0 && (
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

function Coupons({ page, pile }: { page: WalletPage; pile: WalletPile }) {
  if (page.coupons.length === 0)
    return <EmptyNotice title={texts.couponsEmptyTitle[pile]} sentence={texts.couponsEmpty[pile]} />
  return (
    <>
      {page.coupons.map((coupon) => (
        <Coupon key={coupon.couponId} coupon={coupon} />
      ))}
    </>
  )
}

/** Leads to its code while it can be used. */
function Coupon({ coupon }: { coupon: HeldCoupon }) {
  const { couponId, headline, name, conditions } = coupon
  const time = couponTime(coupon, services.session.serverNowMs())
  const face = { headline, name, conditions, time, left: coupon.leftWords }
  if (time.mood === 'over')
    return (
      <View className="hk-coupon hk-coupon--over" ariaRole="group" {...spoken(ticketLabel(face))}>
        <TicketFace {...face} />
      </View>
    )
  return (
    <View
      className="hk-coupon hk-coupon--leads"
      ariaRole="button"
      {...spoken(ticketLabel(face))}
      {...press(() => {
        goTo.coupon(couponId)
      })}
    >
      <TicketFace {...face}>
        <View className="hk-coupon__show">{texts.couponShow}</View>
      </TicketFace>
    </View>
  )
}
