import { View } from '@tarojs/components'
import { usePullDownRefresh, useRouter } from '@tarojs/taro'
import { useMemo } from 'react'
import type { MallItem, MallItemAnswer } from '@huike/shared/contracts/mall'
import { TextButton } from '../../components/buttons.js'
import { Heading } from '../../components/heading.js'
import { Screen } from '../../components/screen.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { EmptyNotice, RemoteView, SkeletonRows } from '../../components/states.js'
import type { Remote } from '../../data/remote.js'
import { services } from '../../platform/app-services.js'
import { goTo } from '../../platform/places.js'
import { refreshPulled, useRefreshOnShow } from '../../platform/use-list-page.js'
import { useStore } from '../../platform/use-store.js'
import { texts } from '../../texts.js'
import { factsOf, fetchWhere } from '../item-words.js'
import { Price } from '../price.js'
import { ExchangeCard, OpenCard } from './exchange-card.js'
import { useTaking } from './use-taking.js'

const SKELETON_ROWS = 4

/** One item of the points mall: what it is, where and until when it is fetched, and taking it. */
export default function ItemScreen() {
  const { id } = useRouter().params
  const session = useStore(services.session)
  return (
    <Screen title={texts.titles.mallItem}>
      {session.kind === 'member' ? (
        <ItemOf id={id ?? ''} />
      ) : (
        <SignInPrompt sentence={texts.signInForMall} />
      )}
    </Screen>
  )
}

function ItemOf({ id }: { id: string }) {
  const remote = useMemo(() => services.mall.item(id), [id])
  const state = useStore(remote)
  useRefreshOnShow(remote)
  usePullDownRefresh(() => {
    void refreshPulled(remote)
  })
  if (state.failure?.code === 'not_found') return <Gone id={id} />
  return (
    <RemoteView
      state={state}
      onRetry={() => void remote.refresh()}
      skeleton={<SkeletonRows rows={SKELETON_ROWS} />}
    >
      {(answer) => <ItemView answer={answer} remote={remote} />}
    </RemoteView>
  )
}

/** What was asked for may have come about before it was taken off the shelf. */
function Gone({ id }: { id: string }) {
  const taking = useTaking(id, () => undefined)
  const { open } = taking
  return (
    <>
      {open !== null && <OpenCard open={open} item={null} taking={taking} />}
      <EmptyNotice title={texts.mallGoneTitle} sentence={texts.mallGone} />
      <TextButton label={texts.mallToRecords} onPress={goTo.mallRecords} />
    </>
  )
}

function ItemView(props: { answer: MallItemAnswer; remote: Remote<MallItemAnswer> }) {
  const { answer, remote } = props
  const { item } = answer
  const { name, words, coupon, pricePoints } = item
  const taking = useTaking(item.itemId, () => void remote.refresh())
  const { open } = taking
  return (
    <>
      <View className="hk-mall-hero">
        <Heading look="hk-mall-hero__name" text={name} />
        {coupon !== null && <View className="hk-mall-hero__gives">{coupon.headline}</View>}
        <Price points={pricePoints} />
        <View className="hk-mall-hero__facts">{factsOf(item).join('，')}</View>
      </View>
      {open === null ? (
        <ExchangeCard answer={answer} taking={taking} />
      ) : (
        <OpenCard open={open} item={item} taking={taking} />
      )}
      <Fetching item={item} />
      {coupon !== null && (
        <Notes
          title={texts.mallCouponTitle}
          lines={[coupon.name, ...coupon.conditions, texts.mallCouponNote]}
        />
      )}
      {words !== '' && <Notes title={texts.mallAboutTitle} lines={words.split('\n')} />}
    </>
  )
}

/** Where goods are fetched, until when, and what becomes of the points where they are not. */
function Fetching({ item: { fetch } }: { item: MallItem }) {
  if (fetch === null) return null
  const { days, stores, lapse } = fetch
  return (
    <Notes
      title={texts.mallFetchTitle}
      lines={[
        texts.mallFetchDays(String(days)),
        fetchWhere(stores),
        texts.mallCancelNote,
        texts.mallLapse[lapse],
      ]}
    />
  )
}

function Notes({ title, lines }: { title: string; lines: readonly string[] }) {
  return (
    <View className="hk-card">
      <Heading look="hk-card__title" text={title} />
      {lines
        .filter((line) => line.trim() !== '')
        .map((line, at) => (
          <View key={at} className="hk-coupon__condition">
            {line}
          </View>
        ))}
    </View>
  )
}
