import { View } from '@tarojs/components'
import type { ReferralPage } from '@huike/shared/contracts/referrals'
import { Heading } from '../../components/heading.js'
import { ListEnd, Row } from '../../components/list.js'
import { Screen } from '../../components/screen.js'
import { OwnCode, useReferralShare } from '../../components/share.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { EmptyNotice, RemoteView, SkeletonRows } from '../../components/states.js'
import { formatPoints, formatStoreDate } from '../../format.js'
import { services } from '../../platform/app-services.js'
import { useListPage } from '../../platform/use-list-page.js'
import { texts } from '../../texts.js'

const SKELETON_ROWS = 4

/** Whom this member brought, and what became of each. */
export default function ReferralsScreen() {
  const { session, state } = useListPage(services.referrals)
  useReferralShare()
  return (
    <Screen title={texts.titles.referrals}>
      {session.kind !== 'member' ? (
        <SignInPrompt sentence={texts.signInForReferrals} />
      ) : (
        <RemoteView
          state={state}
          onRetry={() => void services.referrals.refresh()}
          skeleton={<SkeletonRows rows={SKELETON_ROWS} />}
        >
          {(page) => (
            <>
              <Rules page={page} />
              <Friends page={page} />
              {page.referrals.length > 0 && (
                <ListEnd state={state} onMore={() => void services.referrals.more()} />
              )}
            </>
          )}
        </RemoteView>
      )}
    </Screen>
  )
}

function Rules({ page: { code, rules } }: { page: ReferralPage }) {
  return (
    <View className="hk-card">
      <Heading look="hk-card__title" text={texts.titles.referrals} />
      {code === null && <View className="hk-card__note">{texts.referralsOff}</View>}
      {rules.map((sentence) => (
        <View key={sentence} className="hk-card__note">
          {sentence}
        </View>
      ))}
      {code !== null && <OwnCode code={code} />}
    </View>
  )
}

function Friends({ page: { referrals } }: { page: ReferralPage }) {
  if (referrals.length === 0)
    return <EmptyNotice title={texts.referralsEmptyTitle} sentence={texts.referralsEmpty} />
  return (
    <View className="hk-card">
      {referrals.map(({ id, friend, state, points, boundAtMs }) => {
        const words = texts.referralState[state]
        const gained = points === 0 ? '' : `+${formatPoints(points)}`
        const time = texts.referralSince(formatStoreDate(boundAtMs))
        return (
          <Row
            key={id}
            label={`${friend} ${words} ${gained} ${time}`}
            main={
              <>
                <View className="hk-row__title">{friend}</View>
                <View className="hk-row__sentence">{words}</View>
                <View className="hk-row__time">{time}</View>
              </>
            }
            figure={<View className="hk-points hk-points--in">{gained}</View>}
          />
        )
      })}
    </View>
  )
}
