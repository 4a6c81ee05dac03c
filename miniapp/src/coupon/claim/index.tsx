import { View } from '@tarojs/components'
import { usePullDownRefresh, useRouter } from '@tarojs/taro'
import { useEffect, useState } from 'react'
import type { CouponOffer } from '@huike/shared/contracts/coupon-offers'
import type { ClaimableList } from '@huike/shared/contracts/coupons'
import { isPassing } from '../../api/result.js'
import { QuietButton, TextButton } from '../../components/buttons.js'
import { Heading } from '../../components/heading.js'
import { SpokenMessage } from '../../components/messages.js'
import { OfferCard } from '../../components/offer-card.js'
import { Screen } from '../../components/screen.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { EmptyNotice, RemoteView, SkeletonRows } from '../../components/states.js'
import { formatStoreTime } from '../../format.js'
import { services } from '../../platform/app-services.js'
import { openedCode } from '../../platform/opened-code.js'
import { goTo } from '../../platform/places.js'
import { refreshPulled, useRefreshOnShow } from '../../platform/use-list-page.js'
import { useStore } from '../../platform/use-store.js'
import { texts } from '../../texts.js'
import { TicketFace } from '../ticket.js'
import { CodeField } from './code-field.js'

const SKELETON_ROWS = 4

type Claimable = ClaimableList['templates'][number]

/** What came of the last tap, and on which. */
interface Said {
  readonly templateId: string
  readonly text: string
  readonly isGood: boolean
}

/** The claim centre: coupons the chain lets members take for themselves, and why not where not. */
export default function Claim() {
  const session = useStore(services.session)
  const { params } = useRouter()
  const [opened] = useState(() => openedCode(params))
  const isMember = session.kind === 'member'
  const [wasMember, setWasMember] = useState(isMember)
  useEffect(() => {
    // Who signs in first finds it again: home brings them back here.
    if (opened !== null && !isMember) services.posterCode.note(opened)
    if (!isMember) setWasMember(false)
  }, [opened, isMember])
  usePullDownRefresh(() => {
    void refreshPulled(services.coupons.claimable)
  })
  return (
    <Screen title={texts.titles.claim}>
      {isMember ? (
        // Behind the home page on which somebody signs in, this one takes nothing: the next does.
        <ClaimOfMember scanned={wasMember ? (opened ?? services.posterCode.get()) : ''} />
      ) : (
        <SignInPrompt sentence={opened === null ? texts.signInForClaim : texts.signInForPoster} />
      )}
    </Screen>
  )
}

function ClaimOfMember(props: { readonly scanned: string }) {
  const [{ scanned }] = useState(props)
  const { claimable } = services.coupons
  const state = useStore(claimable)
  useRefreshOnShow(claimable)
  return (
    <>
      {scanned !== '' && <CodeField scanned={scanned} />}
      <RemoteView
        state={state}
        onRetry={() => void claimable.refresh()}
        skeleton={<SkeletonRows rows={SKELETON_ROWS} />}
      >
        {({ templates, offers = [] }) => (
          <>
            <BoughtOffers offers={offers} />
            <Offers templates={templates} isAlone={offers.length === 0} />
          </>
        )}
      </RemoteView>
      {scanned === '' && <CodeField scanned="" />}
      <TextButton label={texts.claimToWallet} onPress={goTo.coupons} />
    </>
  )
}

/** What purchases give; the answer to the last tap stays where its coupon is gone from the list. */
function BoughtOffers({ offers }: { offers: readonly CouponOffer[] }) {
  const [said, say] = useState<{ text: string; isGood: boolean; key: string } | null>(null)
  const isGone = said !== null && !offers.some((offer) => keyOf(offer) === said.key)
  return (
    <>
      {isGone && <SpokenMessage message={said.text} isGood={said.isGood} />}
      {offers.length > 0 && <Heading look="hk-offers-title" text={texts.offersTitle} />}
      {offers.map((offer) => (
        <OfferCard
          key={keyOf(offer)}
          offer={offer}
          onSaid={(text, isGood) => {
            say({ text, isGood, key: keyOf(offer) })
          }}
        />
      ))}
    </>
  )
}

function keyOf({ ruleId, purchaseId }: CouponOffer): string {
  return `${ruleId}|${purchaseId}`
}

interface OffersProps {
  readonly templates: readonly Claimable[]
  /** Nothing else is on the page. */
  readonly isAlone: boolean
}

function Offers({ templates, isAlone }: OffersProps) {
  const [busyWith, setBusyWith] = useState<string | null>(null)
  const [said, say] = useState<Said | null>(null)
  const take = async (templateId: string) => {
    setBusyWith(templateId)
    say(null)
    const result = await services.coupons.claim(templateId)
    const sentence = result.ok
      ? texts.claimDone
      : isPassing(result)
        ? texts.claimUnsure
        : result.sentence
    say({ templateId, text: sentence, isGood: result.ok })
    setBusyWith(null)
  }
  // Whoever took the last one does not find it here any more.
  const isGone = said !== null && !templates.some((one) => one.templateId === said.templateId)
  return (
    <>
      {isGone && <SpokenMessage message={said.text} isGood={said.isGood} />}
      {templates.length === 0 && isAlone && (
        <EmptyNotice title={texts.claimEmptyTitle} sentence={texts.claimEmpty} />
      )}
      {templates.map((offer) => (
        <Offer
          key={offer.templateId}
          offer={offer}
          said={said?.templateId === offer.templateId ? said : null}
          busyWith={busyWith}
          onTake={() => void take(offer.templateId)}
        />
      ))}
    </>
  )
}

function Offer(props: {
  readonly offer: Claimable
  readonly said: Said | null
  readonly busyWith: string | null
  readonly onTake: () => void
}) {
  const { offer, said, busyWith } = props
  const { templateId, headline, name, conditions, claimUntilMs, why } = offer
  return (
    <View className="hk-coupon">
      <TicketFace headline={headline} name={name} conditions={conditions} time={null} />
      {claimUntilMs !== null && (
        <View className="hk-coupon__date">{texts.claimUntil(formatStoreTime(claimUntilMs))}</View>
      )}
      {said !== null && <SpokenMessage message={said.text} isGood={said.isGood} />}
      {said === null && why !== null && <View className="hk-coupon__why">{why}</View>}
      {why === null && (
        <QuietButton
          label={busyWith === templateId ? texts.claimBusy : texts.claimButton}
          about={name}
          isBusy={busyWith !== null}
          onPress={props.onTake}
        />
      )}
    </View>
  )
}
