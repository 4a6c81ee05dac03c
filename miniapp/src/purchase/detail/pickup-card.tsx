import { View } from '@tarojs/components'
import { useState } from 'react'
import type { PurchaseDetail } from '@huike/shared/contracts/member'
import type { MemberPickup } from '@huike/shared/contracts/pickups'
import { codeInGroups } from '@huike/shared/mall-words'
import { PICKUP_WORDS } from '@huike/shared/pickup-words'
import { barcodeImage, sharpWidthPx } from '../../code/code-image.js'
import { CodePicture, codeWidthPx } from '../../components/code-picture.js'
import { Heading } from '../../components/heading.js'
import type { Remote } from '../../data/remote.js'
import { pickupSentences } from '../../pickup/pickup-words.js'
import { windowFacts } from '../../platform/screen-facts.js'
import { useBrightScreen } from '../../platform/use-bright-screen.js'
import { useLooks } from '../../platform/use-looks.js'
import { useSight } from '../../platform/use-sight.js'
import { texts } from '../../texts.js'

const BARCODE_HEIGHT_PX = 92

interface Props {
  readonly pickup: MemberPickup
  readonly remote: Remote<PurchaseDetail>
}

/** Where the order is fetched: its code, bright, while it waits; else what became of it. */
export function PickupCard({ pickup, remote }: Props) {
  const { code, state } = pickup
  const isShown = useSight()
  const isWaiting = code !== null
  useLooks(remote, isShown && isWaiting)
  useBrightScreen(isShown && isWaiting)
  return code !== null ? (
    <Code pickup={pickup} code={code} />
  ) : (
    <View className="hk-card">
      <Heading look="hk-card__title" text={texts.pickupsTitle} />
      <View className="hk-coupon__condition" ariaLive="polite">
        {PICKUP_WORDS[state]}
      </View>
      <Sentences pickup={pickup} look="hk-coupon__condition" />
    </View>
  )
}

/** White in dark mode as well: scanners want dark bars on white. */
function Code({ pickup, code }: { readonly pickup: MemberPickup; readonly code: string }) {
  const [{ widthPx, pixelRatio }] = useState(windowFacts)
  const image = barcodeImage(code)
  return (
    <View className="hk-code hk-code--apart">
      <Heading look="hk-code__headline" text={texts.pickupAt(pickup.storeName)} />
      <Sentences pickup={pickup} look="hk-code__title" />
      <CodePicture
        image={image}
        label={texts.pickupCodeLabel}
        widthPx={sharpWidthPx(image.widthModules, codeWidthPx(widthPx), pixelRatio)}
        heightPx={BARCODE_HEIGHT_PX}
      />
      <View
        className="hk-code__digits hk-code__digits--large"
        ariaRole="group"
        ariaLabel={texts.pickupCodeDigits(code)}
      >
        {codeInGroups(code)}
      </View>
      <View className="hk-code__hint">{texts.pickupCodeHint}</View>
    </View>
  )
}

function Sentences({ pickup, look }: { pickup: MemberPickup; look: string }) {
  return (
    <>
      {pickupSentences(pickup).map((sentence) => (
        <View key={sentence} className={look}>
          {sentence}
        </View>
      ))}
    </>
  )
}
