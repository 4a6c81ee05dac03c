import { View } from '@tarojs/components'
import { useState } from 'react'
import type { MemberCard } from '@huike/shared/contracts/member'
import { MEMBER_CODE_PERIOD_MS, memberCodeRemainingMs } from '@huike/shared/member-code'
import { sharpWidthPx, type CodeImage } from '../code/code-image.js'
import { services } from '../platform/app-services.js'
import { windowFacts } from '../platform/screen-facts.js'
import { useCountdown, useMemberCode } from '../platform/use-member-code.js'
import { texts } from '../texts.js'
import { CodePicture, codeWidthPx } from './code-picture.js'
import { EmptyNotice } from './states.js'

const BARCODE_HEIGHT_PX = 92
const QR_WIDTH_MAX_PX = 232
const PERIOD_SECONDS = MEMBER_CODE_PERIOD_MS / 1_000

interface PanelProps {
  readonly card: MemberCard
  readonly isShown: boolean
}

/** The code a till scans: barcode and QR code of the same digits. White in dark mode as well. */
export function MemberCodePanel({ card, isShown }: PanelProps) {
  const [{ widthPx, pixelRatio }] = useState(windowFacts)
  const code = useMemberCode(card, isShown)
  if (code === null)
    return <EmptyNotice title={texts.codeBrokenTitle} sentence={texts.codeBroken} />
  const barcodeMaxPx = codeWidthPx(widthPx)
  return (
    <View className="hk-code">
      <View className="hk-code__title">{texts.codeHint}</View>
      <CodePicture
        image={code.barcode}
        label={texts.barcodeLabel}
        widthPx={sharpWidthPx(code.barcode.widthModules, barcodeMaxPx, pixelRatio)}
        heightPx={BARCODE_HEIGHT_PX}
      />
      <View
        className="hk-code__digits"
        ariaRole="group"
        ariaLabel={texts.codeDigitsLabel(code.digits)}
      >
        {code.grouped}
      </View>
      <SquareCode image={code.qr} pixelRatio={pixelRatio} />
      <Countdown isShown={isShown} />
      <View className="hk-code__hint">{texts.codeSafety}</View>
    </View>
  )
}

/** The panel's place while the card is loading for the first time. */
export function MemberCodeSkeleton() {
  return <View className="hk-code hk-code--bone" ariaRole="img" ariaLabel={texts.loading} />
}

/** On its own, so that every second only a few bytes cross the bridge. */
function Countdown({ isShown }: { isShown: boolean }) {
  const seconds = useCountdown(remainingMs, isShown)
  const percent = Math.round((seconds / PERIOD_SECONDS) * 100)
  return (
    <>
      <View className="hk-code__track">
        <View className="hk-code__time" style={`width: ${String(percent)}%`} />
      </View>
      <View className="hk-code__seconds">{texts.codeCountdown(seconds)}</View>
    </>
  )
}

function remainingMs(): number {
  return memberCodeRemainingMs(services.session.serverNowMs())
}

function SquareCode({ image, pixelRatio }: { image: CodeImage; pixelRatio: number }) {
  const sidePx = sharpWidthPx(image.widthModules, QR_WIDTH_MAX_PX, pixelRatio)
  return <CodePicture image={image} label={texts.qrLabel} widthPx={sidePx} heightPx={sidePx} />
}
