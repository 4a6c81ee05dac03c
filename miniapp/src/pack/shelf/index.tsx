import { View } from '@tarojs/components'
import { usePullDownRefresh } from '@tarojs/taro'
import { useState } from 'react'
import type { PackView } from '@huike/shared/contracts/packs'
import { formatFen } from '@huike/shared/quantities'
import { isPassing } from '../../api/result.js'
import { QuietButton, TextButton } from '../../components/buttons.js'
import { SpokenMessage } from '../../components/messages.js'
import { Screen } from '../../components/screen.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { EmptyNotice, RemoteView, SkeletonRows } from '../../components/states.js'
import { formatStoreTime } from '../../format.js'
import { services } from '../../platform/app-services.js'
import { goTo } from '../../platform/places.js'
import { refreshPulled, useRefreshOnShow } from '../../platform/use-list-page.js'
import { useStore } from '../../platform/use-store.js'
import { texts } from '../../texts.js'

const SKELETON_ROWS = 4

/** Packs for sale: what is in each, on which conditions, and for how much. */
export default function Shelf() {
  const session = useStore(services.session)
  usePullDownRefresh(() => {
    void refreshPulled(services.packs.shelf)
  })
  return (
    <Screen title={texts.titles.packs}>
      {session.kind === 'member' ? (
        <ShelfOfMember />
      ) : (
        <SignInPrompt sentence={texts.signInForPacks} />
      )}
    </Screen>
  )
}

function ShelfOfMember() {
  const { shelf } = services.packs
  const state = useStore(shelf)
  useRefreshOnShow(shelf)
  return (
    <>
      <RemoteView
        state={state}
        onRetry={() => void shelf.refresh()}
        skeleton={<SkeletonRows rows={SKELETON_ROWS} />}
      >
        {({ packs }) => <Packs packs={packs} />}
      </RemoteView>
      <TextButton label={texts.packToOrders} onPress={goTo.packOrders} />
    </>
  )
}

function Packs({ packs }: { packs: readonly PackView[] }) {
  const [busyWith, setBusyWith] = useState<string | null>(null)
  const [said, say] = useState<{ packId: string; text: string } | null>(null)
  const buy = async (pack: PackView) => {
    if (busyWith !== null) return
    setBusyWith(pack.packId)
    say(null)
    const result = await services.packs.buy(pack)
    setBusyWith(null)
    // However the payment page was left: the order says what became of it.
    if (result.ok) goTo.packOrder(result.value.order.orderId)
    else {
      const text = isPassing(result) ? texts.packUnsure : result.sentence
      say({ packId: pack.packId, text })
      void services.packs.shelf.refresh()
    }
  }
  if (packs.length === 0)
    return <EmptyNotice title={texts.packsEmptyTitle} sentence={texts.packsEmpty} />
  return (
    <>
      {packs.map((pack) => (
        <Pack
          key={pack.packId}
          pack={pack}
          said={said?.packId === pack.packId ? said.text : ''}
          isBusy={busyWith !== null}
          onBuy={() => void buy(pack)}
        />
      ))}
    </>
  )
}

function Pack(props: {
  readonly pack: PackView
  readonly said: string
  readonly isBusy: boolean
  readonly onBuy: () => void
}) {
  const { pack, said, isBusy, onBuy } = props
  const { title, priceFen, coupons, contents, left, untilMs, why } = pack
  const price = formatFen(priceFen)
  return (
    <View className="hk-coupon">
      <View className="hk-coupon__head">
        <View className="hk-coupon__headline">{price}</View>
        <View className="hk-coupon__time">{texts.packCoupons(coupons)}</View>
      </View>
      <View className="hk-coupon__name">{title}</View>
      {contents.map((content, at) => (
        <View key={at} className="hk-pack__content">
          <View className="hk-pack__what">
            {texts.packContent(content.headline, content.coupons)}
          </View>
          <View className="hk-coupon__conditions">
            {[content.name, content.when, ...content.conditions].join('，')}
          </View>
        </View>
      ))}
      <View className="hk-coupon__date">
        {[
          ...(left === null ? [] : [texts.packLeft(left)]),
          ...(untilMs === null ? [] : [texts.packUntil(formatStoreTime(untilMs))]),
          texts.packRefundNote,
        ].join('，')}
      </View>
      <SpokenMessage message={said} isGood={false} />
      {why !== null && said === '' && <View className="hk-coupon__why">{why}</View>}
      {why === null && (
        <QuietButton
          label={isBusy ? texts.packBusy : texts.packBuy(price)}
          about={title}
          isBusy={isBusy}
          onPress={onBuy}
        />
      )}
    </View>
  )
}
