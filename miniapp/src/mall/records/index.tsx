import { View } from '@tarojs/components'
import { useEffect, useState } from 'react'
import type { Exchange, ExchangesPage } from '@huike/shared/contracts/mall'
import { ListEnd, Row } from '../../components/list.js'
import { Screen } from '../../components/screen.js'
import { Segments } from '../../components/segments.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { EmptyNotice, RemoteView, SkeletonRows } from '../../components/states.js'
import type { PagedState } from '../../data/paged-remote.js'
import { services } from '../../platform/app-services.js'
import { goTo } from '../../platform/places.js'
import { useListPage } from '../../platform/use-list-page.js'
import { texts } from '../../texts.js'
import {
  fetchBy,
  isOverdue,
  lastTime,
  pileOf,
  stateWords,
  type ExchangePile,
} from '../exchange-state.js'
import { pointsOf } from '../item-words.js'

const SKELETON_ROWS = 5
/** Fewer than these do not fill a screen: it cannot be scrolled for more, so more is fetched at once. */
const SCREEN_ROWS = 8

const CHOICES = (['waiting', 'done', 'cancelled', 'lapsed'] as const).map((value) => ({
  ...{ value, title: texts.mallPile[value] },
}))

/** A member's exchanges, by what became of them: one list, so that all of it is there off line. */
export default function Records() {
  const [pile, setPile] = useState<ExchangePile>('waiting')
  const list = services.mall.exchanges
  const { session, state } = useListPage(list)
  return (
    <Screen title={texts.titles.mallRecords}>
      {session.kind !== 'member' ? (
        <SignInPrompt sentence={texts.signInForMall} />
      ) : (
        <>
          <Segments label={texts.mallPiles} choices={CHOICES} chosen={pile} onChoose={setPile} />
          <RemoteView
            state={state}
            onRetry={() => void list.refresh()}
            skeleton={<SkeletonRows rows={SKELETON_ROWS} />}
          >
            {(page) => <Pile page={page} pile={pile} state={state} />}
          </RemoteView>
        </>
      )}
    </Screen>
  )
}

function Pile(props: {
  readonly page: ExchangesPage
  readonly pile: ExchangePile
  readonly state: PagedState<ExchangesPage>
}) {
  const { page, pile, state } = props
  const list = services.mall.exchanges
  const nowMs = services.session.serverNowMs()
  const rows = page.exchanges.filter((one) => pileOf(one, nowMs) === pile)
  const hasMore = page.nextCursor !== null
  const isShort = hasMore && rows.length < SCREEN_ROWS
  const isStuck = state.moreFailure !== null || state.failure !== null
  useEffect(() => {
    if (isShort && !isStuck) void list.more()
  }, [isShort, isStuck, list, page.nextCursor])
  if (rows.length === 0 && !hasMore)
    return <EmptyNotice title={texts.mallNoneTitle[pile]} sentence={texts.mallNone[pile]} />
  return (
    <>
      {rows.length > 0 && (
        <View className="hk-card">
          {rows.map((exchange) => (
            <Record key={exchange.exchangeId} exchange={exchange} nowMs={nowMs} />
          ))}
        </View>
      )}
      <ListEnd state={state} onMore={() => void list.more()} />
    </>
  )
}

/** What waits leads to its code. */
function Record({ exchange, nowMs }: { exchange: Exchange; nowMs: number }) {
  const { exchangeId, name, quantity, fetchUntilMs, state } = exchange
  const what = texts.mallWhat(name, quantity)
  const words = stateWords(exchange, nowMs)
  const isWaiting = state === 'waiting' && !isOverdue(exchange, nowMs)
  const by = isWaiting && fetchUntilMs !== null ? fetchBy(fetchUntilMs, nowMs) : null
  const spent = texts.mallPoints(pointsOf(exchange.points))
  const time = lastTime(exchange)
  return (
    <Row
      label={[what, words, by?.words ?? '', spent, time].join(' ')}
      main={
        <>
          <View className="hk-row__title">{what}</View>
          <View className="hk-row__sentence">{by?.words ?? words}</View>
          <View className="hk-row__time">{time}</View>
        </>
      }
      figure={
        <>
          <View className="hk-points">{spent}</View>
          {by !== null && (
            <View className={`hk-tag hk-tag--end${by.isSoon ? ' hk-tag--warn' : ''}`}>
              {texts.mallShowCode}
            </View>
          )}
        </>
      }
      onPress={() => {
        goTo.mallExchange(exchangeId)
      }}
    />
  )
}
