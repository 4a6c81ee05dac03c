import { View } from '@tarojs/components'
import type { PackOrderView } from '@huike/shared/contracts/packs'
import { PACK_ORDER_WORDS } from '@huike/shared/pack-words'
import { formatFen } from '@huike/shared/quantities'
import { ListEnd, Row } from '../../components/list.js'
import { Screen } from '../../components/screen.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { EmptyNotice, RemoteView, SkeletonRows } from '../../components/states.js'
import { formatStoreTime } from '../../format.js'
import { services } from '../../platform/app-services.js'
import { goTo } from '../../platform/places.js'
import { useListPage } from '../../platform/use-list-page.js'
import { texts } from '../../texts.js'

const SKELETON_ROWS = 4

/** A member's orders of packs, the newest first. */
export default function Orders() {
  const list = services.packs.orders
  const { session, state } = useListPage(list)
  return (
    <Screen title={texts.titles.packOrders}>
      {session.kind !== 'member' ? (
        <SignInPrompt sentence={texts.signInForPacks} />
      ) : (
        <RemoteView
          state={state}
          onRetry={() => void list.refresh()}
          skeleton={<SkeletonRows rows={SKELETON_ROWS} />}
        >
          {({ orders }) =>
            orders.length === 0 ? (
              <EmptyNotice title={texts.packOrdersEmptyTitle} sentence={texts.packOrdersEmpty} />
            ) : (
              <>
                <View className="hk-card">
                  {orders.map((order) => (
                    <Order key={order.orderId} order={order} />
                  ))}
                </View>
                <ListEnd state={state} onMore={() => void list.more()} />
              </>
            )
          }
        </RemoteView>
      )}
    </Screen>
  )
}

function Order({ order }: { order: PackOrderView }) {
  const { orderId, title, totalFen, state, createdAtMs } = order
  const [price, words] = [formatFen(totalFen), PACK_ORDER_WORDS[state]]
  const time = formatStoreTime(createdAtMs)
  return (
    <Row
      label={[title, price, words, time].join(' ')}
      main={
        <>
          <View className="hk-row__title">{title}</View>
          <View className="hk-row__note">{`${words}，${time}`}</View>
        </>
      }
      figure={<View className="hk-amount">{price}</View>}
      onPress={() => {
        goTo.packOrder(orderId)
      }}
    />
  )
}
