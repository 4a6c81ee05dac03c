import { View } from '@tarojs/components'
import { usePullDownRefresh, useRouter } from '@tarojs/taro'
import { useMemo, useState } from 'react'
import type { Exchange } from '@huike/shared/contracts/mall'
import { codeInGroups } from '@huike/shared/mall-words'
import { barcodeImage, sharpWidthPx } from '../../code/code-image.js'
import { PrimaryButton, TextButton } from '../../components/buttons.js'
import { CodePicture, codeWidthPx } from '../../components/code-picture.js'
import { Heading } from '../../components/heading.js'
import { Screen } from '../../components/screen.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { EmptyNotice, RemoteView, SkeletonRows } from '../../components/states.js'
import type { Remote } from '../../data/remote.js'
import { formatStoreTime } from '../../format.js'
import { services } from '../../platform/app-services.js'
import { goTo } from '../../platform/places.js'
import { windowFacts } from '../../platform/screen-facts.js'
import { useBrightScreen } from '../../platform/use-bright-screen.js'
import { refreshPulled, useRefreshOnShow } from '../../platform/use-list-page.js'
import { useSight } from '../../platform/use-sight.js'
import { useStore } from '../../platform/use-store.js'
import { texts } from '../../texts.js'
import { fetchBy, isOverdue, outcomeSentences, stateWords } from '../exchange-state.js'
import { fetchWhere, pointsOf } from '../item-words.js'
import { CancelCard } from './cancel-card.js'
import { useLooks } from '../../platform/use-looks.js'

const SKELETON_ROWS = 5
const BARCODE_HEIGHT_PX = 92

/** One exchange: its code, bright, while it waits in a store; else what became of it. */
export default function ExchangeScreen() {
  const { id } = useRouter().params
  const session = useStore(services.session)
  return (
    <Screen title={texts.titles.mallExchange}>
      {session.kind !== 'member' ? (
        <SignInPrompt sentence={texts.signInForMall} />
      ) : id === undefined ? (
        <EmptyNotice title={texts.failedTitle} sentence={texts.mallRecordGone} />
      ) : (
        <ExchangeOf id={id} />
      )}
    </Screen>
  )
}

function ExchangeOf({ id }: { id: string }) {
  const remote = useMemo(() => services.mall.exchange(id), [id])
  const state = useStore(remote)
  const isShown = useSight()
  const exchange = state.kept?.value ?? null
  const isWaiting = exchange?.state === 'waiting'
  useRefreshOnShow(remote)
  useLooks(remote, isShown && isWaiting)
  useBrightScreen(isShown && isWaiting)
  usePullDownRefresh(() => {
    void refreshPulled(remote)
  })
  return (
    <RemoteView
      state={state}
      onRetry={() => void remote.refresh()}
      skeleton={<SkeletonRows rows={SKELETON_ROWS} />}
    >
      {(value) => <ExchangeView exchange={value} remote={remote} />}
    </RemoteView>
  )
}

function ExchangeView({ exchange, remote }: { exchange: Exchange; remote: Remote<Exchange> }) {
  const { state, code } = exchange
  const nowMs = services.session.serverNowMs()
  const isFetchable = state === 'waiting' && !isOverdue(exchange, nowMs)
  return (
    <>
      {isFetchable && code !== null ? (
        <Code exchange={exchange} code={code} nowMs={nowMs} />
      ) : (
        <Outcome exchange={exchange} nowMs={nowMs} />
      )}
      {state === 'given' && <PrimaryButton label={texts.couponToWallet} onPress={goTo.coupons} />}
      {isFetchable && <Where exchange={exchange} />}
      <Facts exchange={exchange} />
      {state === 'waiting' && <CancelCard exchange={exchange} remote={remote} />}
      {!isFetchable && <TextButton label={texts.mallAgain} onPress={goTo.mall} />}
    </>
  )
}

/** White in dark mode as well: scanners want dark bars on white. */
function Code(props: {
  readonly exchange: Exchange
  readonly code: string
  readonly nowMs: number
}) {
  const { exchange, code, nowMs } = props
  const [{ widthPx, pixelRatio }] = useState(windowFacts)
  const { name, quantity, fetchUntilMs } = exchange
  const image = barcodeImage(code)
  return (
    <View className="hk-code">
      <Heading look="hk-code__headline" text={texts.mallWhat(name, quantity)} />
      {fetchUntilMs !== null && (
        <View className="hk-code__title">{fetchBy(fetchUntilMs, nowMs).words}</View>
      )}
      <CodePicture
        image={image}
        label={texts.mallCodeLabel}
        widthPx={sharpWidthPx(image.widthModules, codeWidthPx(widthPx), pixelRatio)}
        heightPx={BARCODE_HEIGHT_PX}
      />
      <View
        className="hk-code__digits hk-code__digits--large"
        ariaRole="group"
        ariaLabel={texts.mallCodeDigits(code)}
      >
        {codeInGroups(code)}
      </View>
      <View className="hk-code__hint">{texts.mallCodeHint}</View>
    </View>
  )
}

function Outcome({ exchange, nowMs }: { exchange: Exchange; nowMs: number }) {
  const { name, quantity } = exchange
  return (
    <View className="hk-total">
      <View className="hk-total__label" ariaLive="polite">
        {stateWords(exchange, nowMs)}
      </View>
      <Heading look="hk-mall-hero__name" text={texts.mallWhat(name, quantity)} />
      {outcomeSentences(exchange, nowMs).map((sentence) => (
        <View key={sentence} className="hk-total__store">
          {sentence}
        </View>
      ))}
    </View>
  )
}

function Where({ exchange: { stores, lapse } }: { exchange: Exchange }) {
  return (
    <View className="hk-card">
      <Heading look="hk-card__title" text={texts.mallFetchTitle} />
      <View className="hk-coupon__condition">{fetchWhere(stores)}</View>
      {lapse !== null && <View className="hk-coupon__condition">{texts.mallLapse[lapse]}</View>}
    </View>
  )
}

function Facts({ exchange }: { exchange: Exchange }) {
  const { state, createdAtMs, endedAtMs, storeName, reason, returnedPoints } = exchange
  const facts: [string, string][] = [
    [texts.mallFieldPoints, texts.mallPoints(pointsOf(exchange.points))],
    [texts.mallFieldTime, formatStoreTime(createdAtMs)],
  ]
  if (endedAtMs !== null && state !== 'waiting' && state !== 'given')
    facts.push([texts.mallFieldEnded[state], formatStoreTime(endedAtMs)])
  if (storeName !== null) facts.push([texts.mallFieldStore, storeName])
  if (returnedPoints > 0)
    facts.push([texts.mallFieldBack, texts.mallPoints(pointsOf(returnedPoints))])
  if (reason !== null) facts.push([texts.mallFieldReason, reason])
  return (
    <View className="hk-card">
      <Heading look="hk-card__title" text={texts.mallRecordTitle} />
      {facts.map(([name, value]) => (
        <View key={name} className="hk-fact">
          <View className="hk-fact__name">{name}</View>
          <View className="hk-fact__value">{value}</View>
        </View>
      ))}
    </View>
  )
}
