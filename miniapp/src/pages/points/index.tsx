import { View } from '@tarojs/components'
import type { PointsEntry, PointsPage } from '@huike/shared/contracts/member'
import { formatFen, points } from '@huike/shared/quantities'
import { Entry } from '../../components/entries.js'
import { ListEnd, Row } from '../../components/list.js'
import { pendingWords } from '../../components/pending-words.js'
import { Screen } from '../../components/screen.js'
import { useReferralShare } from '../../components/share.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { EmptyNotice, RemoteView, SkeletonRows } from '../../components/states.js'
import {
  availablePoints,
  figureSize,
  formatPoints,
  formatSignedPoints,
  formatStoreTime,
} from '../../format.js'
import { services } from '../../platform/app-services.js'
import { goTo } from '../../platform/places.js'
import { useListPage } from '../../platform/use-list-page.js'
import { texts } from '../../texts.js'
import { ReferralCard } from './referral-card.js'
import { SignInCard } from './sign-in-card.js'

const SKELETON_ROWS = 6

/** Points: the balance and, in words, every movement that made it. */
export default function Points() {
  const { session, state } = useListPage(services.points)
  useReferralShare()
  return (
    <Screen title={texts.titles.points}>
      {session.kind !== 'member' ? (
        <SignInPrompt sentence={texts.signInForPoints} />
      ) : (
        <RemoteView
          state={state}
          onRetry={() => void services.points.refresh()}
          skeleton={<SkeletonRows rows={SKELETON_ROWS} />}
        >
          {(page) => (
            <>
              <Balance page={page} />
              <View className="hk-card">
                <Entry title={texts.mallEntry} state={texts.mallEntryState} onPress={goTo.mall} />
              </View>
              <Gifts page={page} />
              <Entries page={page} />
              {page.entries.length > 0 && (
                <ListEnd state={state} onMore={() => void services.points.more()} />
              )}
            </>
          )}
        </RemoteView>
      )}
    </Screen>
  )
}

function Balance({ page }: { page: PointsPage }) {
  const available = formatPoints(availablePoints(page))
  const pending = page.pending ?? null
  const expiring = page.expiringSoon ?? null
  return (
    <View className="hk-balance">
      <View className="hk-balance__label">{texts.balanceLabel}</View>
      <View className={`hk-balance__figure${figureSize(available)}`}>{available}</View>
      {pending !== null && <View className="hk-balance__note">{pendingWords(pending)}</View>}
      {expiring !== null && (
        <View className="hk-balance__note">
          {texts.expiringSoon(formatPoints(expiring.points), expiring.onDate)}
        </View>
      )}
      <AsCash asCash={page.asCash} />
    </View>
  )
}

/** What the points are worth at a till; pages kept from before say nothing of it. */
function AsCash({ asCash }: { asCash: PointsPage['asCash'] | undefined }) {
  if (!asCash) return null
  const { worthFen, leastPoints, isCodeNeeded } = asCash
  if (asCash.points === 0)
    return <View className="hk-balance__cash">{texts.asCashFrom(formatPoints(leastPoints))}</View>
  return (
    <>
      <View className="hk-balance__cash">
        {texts.asCash(formatPoints(asCash.points), formatFen(worthFen))}
      </View>
      <View className="hk-balance__label">
        {isCodeNeeded ? texts.asCashWithCode : texts.asCashHow}
      </View>
    </>
  )
}

/** What is given without a purchase, where the chain gives anything. */
function Gifts({ page }: { page: PointsPage }) {
  const signIn = page.signIn ?? null
  const profilePoints = page.profilePoints ?? points(0)
  // Pages kept from before say nothing of it.
  const isReferralOn = (page.isReferralOn as boolean | undefined) ?? false
  return (
    <>
      {signIn !== null && <SignInCard signIn={signIn} />}
      {profilePoints > 0 && (
        <View className="hk-card">
          <Entry
            title={texts.profileGift}
            state={texts.profileGiftPoints(formatPoints(profilePoints))}
            onPress={goTo.profile}
          />
        </View>
      )}
      {isReferralOn && <ReferralCard />}
    </>
  )
}

function Entries({ page }: { page: PointsPage }) {
  if (page.entries.length === 0)
    return <EmptyNotice title={texts.pointsEmptyTitle} sentence={texts.pointsEmpty} />
  return (
    <View className="hk-card">
      {page.entries.map((entry) => (
        <EntryRow key={entry.id} entry={entry} />
      ))}
    </View>
  )
}

function EntryRow({ entry }: { entry: PointsEntry }) {
  const signed = formatSignedPoints(entry.points)
  const after = texts.balanceAfter(formatPoints(entry.balanceAfterPoints))
  const time = formatStoreTime(entry.occurredAtMs)
  return (
    <Row
      label={`${entry.title} ${signed}${texts.pointsUnit} ${entry.explanation} ${after} ${time}`}
      onPress={placeOf(entry)}
      main={
        <>
          <View className="hk-row__title">{entry.title}</View>
          <View className="hk-row__sentence">{entry.explanation}</View>
          <View className="hk-row__time">{time}</View>
        </>
      }
      figure={
        <>
          <View className={`hk-points${entry.points > 0 ? ' hk-points--in' : ''}`}>{signed}</View>
          <View className="hk-row__time">{after}</View>
        </>
      }
    />
  )
}

/** Where it came from has a page: the purchase, or the exchange; undefined where neither is behind it. */
function placeOf({ purchaseId, exchangeId }: PointsEntry): (() => void) | undefined {
  if (purchaseId !== null)
    return () => {
      goTo.purchase(purchaseId)
    }
  // Pages kept from before say nothing of it.
  if (exchangeId === null || exchangeId === undefined) return undefined
  return () => {
    goTo.mallExchange(exchangeId)
  }
}
