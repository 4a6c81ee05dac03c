import { View } from '@tarojs/components'
import { usePullDownRefresh, useReachBottom } from '@tarojs/taro'
import { useState } from 'react'
import type { MallItem, MallShelf } from '@huike/shared/contracts/mall'
import { Entry } from '../../components/entries.js'
import { Screen } from '../../components/screen.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { EmptyNotice, RemoteView, SkeletonRows } from '../../components/states.js'
import { figureSize } from '../../format.js'
import { services } from '../../platform/app-services.js'
import { goTo } from '../../platform/places.js'
import { press, spoken } from '../../platform/press.js'
import { refreshPulled, useRefreshOnShow } from '../../platform/use-list-page.js'
import { useStore } from '../../platform/use-store.js'
import { texts } from '../../texts.js'
import { factsOf, pointsOf, whyWords } from '../item-words.js'
import { Price } from '../price.js'

const SKELETON_ROWS = 5
const PERCENT = 100
/** Drawn at a time: a whole shelf at once is more than an old phone takes in one go. */
const DRAWN_ITEMS = 12

/** The points mall: what there is for how many points, and why not where not. */
export default function Shelf() {
  const session = useStore(services.session)
  usePullDownRefresh(() => {
    void refreshPulled(services.mall.shelf)
  })
  return (
    <Screen title={texts.titles.mall}>
      {session.kind === 'member' ? (
        <ShelfOfMember />
      ) : (
        <SignInPrompt sentence={texts.signInForMall} />
      )}
    </Screen>
  )
}

function ShelfOfMember() {
  const { shelf } = services.mall
  const state = useStore(shelf)
  useRefreshOnShow(shelf)
  return (
    <RemoteView
      state={state}
      onRetry={() => void shelf.refresh()}
      skeleton={<SkeletonRows rows={SKELETON_ROWS} />}
    >
      {(value) => (
        <>
          <Head spendablePoints={value.spendablePoints} />
          <Unanswered items={value.items} />
          <Items {...value} />
        </>
      )}
    </RemoteView>
  )
}

function Head({ spendablePoints }: { spendablePoints: number }) {
  const figure = pointsOf(spendablePoints)
  return (
    <View className="hk-balance hk-balance--leads">
      <View className="hk-balance__label">{texts.mallBalance}</View>
      <View className={`hk-balance__figure${figureSize(figure)}`}>{figure}</View>
      <Entry title={texts.mallToRecords} onPress={goTo.mallRecords} />
    </View>
  )
}

/** What was asked for and never answered: the way to where it is asked for again. */
function Unanswered({ items }: { items: readonly MallItem[] }) {
  const open = services.mall.open()
  if (open.length === 0) return null
  return (
    <View className="hk-card">
      <View className="hk-card__title">{texts.mallOpenTitle}</View>
      {open.map(({ itemId }) => (
        <Entry
          key={itemId}
          title={items.find((one) => one.itemId === itemId)?.name ?? texts.mallOpenUnknown}
          state={texts.mallCheck}
          onPress={() => {
            goTo.mallItem(itemId)
          }}
        />
      ))}
    </View>
  )
}

function Items({ items, spendablePoints }: MallShelf) {
  const [drawn, setDrawn] = useState(DRAWN_ITEMS)
  useReachBottom(() => {
    setDrawn((before) => Math.min(before, items.length) + DRAWN_ITEMS)
  })
  if (items.length === 0)
    return <EmptyNotice title={texts.mallEmptyTitle} sentence={texts.mallEmpty} />
  return (
    <>
      {items.slice(0, drawn).map((item) => (
        <Item key={item.itemId} item={item} spendablePoints={spendablePoints} />
      ))}
      <View className="hk-list-end">{drawn < items.length ? texts.loadingMore : texts.noMore}</View>
    </>
  )
}

/** Leads to its page, also where it cannot be had: there it says what it is and for whom. */
function Item({ item, spendablePoints }: { item: MallItem; spendablePoints: number }) {
  const { itemId, name, kind, coupon, pricePoints } = item
  const why = whyWords(item)
  const facts = factsOf(item).join('，')
  const price = `${pointsOf(pricePoints)} ${texts.mallUnit}`
  return (
    <View
      className={`hk-mall${why === null ? '' : ' hk-mall--off'}`}
      ariaRole="button"
      {...spoken([name, coupon?.headline ?? '', price, why ?? '', facts].join(' '))}
      {...press(() => {
        goTo.mallItem(itemId)
      })}
    >
      <View className="hk-mall__head">
        <View className="hk-mall__name">{name}</View>
        <View className="hk-tag">{texts.mallKind[kind]}</View>
      </View>
      {coupon !== null && <View className="hk-mall__gives">{coupon.headline}</View>}
      {facts !== '' && <View className="hk-mall__facts">{facts}</View>}
      <View className="hk-mall__foot">
        <Price points={pricePoints} />
        {why === null ? (
          <View className="hk-mall__go">{texts.mallShow}</View>
        ) : (
          <View className="hk-mall__why">{why}</View>
        )}
      </View>
      {item.why?.code === 'points_short' && (
        <View className="hk-mall__track">
          <View
            className="hk-mall__reached"
            style={`width: ${String(reachedPercent(spendablePoints, pricePoints))}%`}
          />
        </View>
      )}
    </View>
  )
}

/** How far the points go towards a price: never the whole way before they are enough. */
function reachedPercent(spendablePoints: number, pricePoints: number): number {
  return Math.floor((Math.max(spendablePoints, 0) / pricePoints) * PERCENT)
}
