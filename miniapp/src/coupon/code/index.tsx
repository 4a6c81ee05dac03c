import { View } from '@tarojs/components'
import { useRouter } from '@tarojs/taro'
import { useState } from 'react'
import type { HeldCoupon } from '@huike/shared/contracts/coupons'
import { barcodeImage, sharpWidthPx } from '../../code/code-image.js'
import { QuietButton, TextButton } from '../../components/buttons.js'
import { CodePicture, codeWidthPx } from '../../components/code-picture.js'
import { Heading } from '../../components/heading.js'
import { Screen } from '../../components/screen.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { EmptyNotice } from '../../components/states.js'
import { services } from '../../platform/app-services.js'
import { goTo } from '../../platform/places.js'
import { windowFacts } from '../../platform/screen-facts.js'
import { useBrightScreen } from '../../platform/use-bright-screen.js'
import { useSight } from '../../platform/use-sight.js'
import { useStore } from '../../platform/use-store.js'
import { texts } from '../../texts.js'
import { couponTime } from '../coupon-time.js'

const BARCODE_HEIGHT_PX = 92

/** A coupon at the till: its digits and their barcode, bright, and there without a network. */
export default function CouponCode() {
  const { id } = useRouter().params
  const session = useStore(services.session)
  return (
    <Screen title={texts.titles.coupon}>
      {session.kind === 'member' ? (
        <CodeOf id={id ?? ''} />
      ) : (
        <SignInPrompt sentence={texts.signInForCoupons} />
      )}
    </Screen>
  )
}

/** What was opened stays, also where the wallet behind it is asked for anew and begins at its top. */
function CodeOf({ id }: { id: string }) {
  const [opened] = useState(() => services.coupons.find(id))
  useStore(services.coupons.wallet.issued)
  const coupon = services.coupons.find(id) ?? opened
  useBrightScreen(useSight() && coupon !== null)
  if (coupon === null)
    return (
      <>
        <EmptyNotice title={texts.failedTitle} sentence={texts.couponGone} />
        <TextButton label={texts.couponToWallet} onPress={goTo.coupons} />
      </>
    )
  return (
    <>
      <Code coupon={coupon} />
      <Conditions coupon={coupon} />
      <QuietButton label={texts.showCode} onPress={goTo.code} />
    </>
  )
}

/** White in dark mode as well: scanners want dark bars on white. */
function Code({ coupon }: { coupon: HeldCoupon }) {
  const [{ widthPx, pixelRatio }] = useState(windowFacts)
  const { code } = coupon
  const image = barcodeImage(code)
  return (
    <View className="hk-code">
      <Heading look="hk-code__headline" text={coupon.headline} />
      <View className="hk-code__title">{coupon.name}</View>
      <CodePicture
        image={image}
        label={texts.couponCodeLabel}
        widthPx={sharpWidthPx(image.widthModules, codeWidthPx(widthPx), pixelRatio)}
        heightPx={BARCODE_HEIGHT_PX}
      />
      <View
        className="hk-code__digits hk-code__digits--large"
        ariaRole="group"
        ariaLabel={texts.couponDigitsLabel(code)}
      >
        {code.replace(/(\d{4})(?=\d)/g, '$1 ')}
      </View>
      <View className="hk-code__hint">{texts.couponCodeHint}</View>
      <View className="hk-code__hint">{texts.couponByMemberCode}</View>
    </View>
  )
}

function Conditions({ coupon }: { coupon: HeldCoupon }) {
  const { words, date } = couponTime(coupon, services.session.serverNowMs())
  return (
    <View className="hk-card">
      {coupon.state === 'reserved' && (
        <View className="hk-card__note">{texts.couponReservedNote}</View>
      )}
      {coupon.leftWords !== undefined && <View className="hk-card__note">{coupon.leftWords}</View>}
      <Heading look="hk-card__title" text={texts.couponConditionsTitle} />
      {[words, date, ...coupon.conditions]
        .filter((line) => line !== '')
        .map((line) => (
          <View key={line} className="hk-coupon__condition">
            {line}
          </View>
        ))}
    </View>
  )
}
