import { View } from '@tarojs/components'
import { useState } from 'react'
import type { MemberCard } from '@huike/shared/contracts/member'
import { sharpWidthPx, type CodeImage } from '../code/code-image.js'
import { windowFacts } from '../platform/screen-facts.js'
import { useMemberCode } from '../platform/use-member-code.js'
import { texts } from '../texts.js'

/** Space beside the barcode: the card's margin only, its quiet zone is part of the picture. */
const CARD_MARGINS_PX = 2 * 8
const BARCODE_WIDTH_MAX_PX = 420
const BARCODE_HEIGHT_PX = 84
const QR_WIDTH_MAX_PX = 208

/** The code a till scans: barcode and QR code of the same digits. White in dark mode as well. */
export function MemberCodePanel({ card }: { card: MemberCard }) {
  const [{ widthPx, pixelRatio }] = useState(windowFacts)
  const code = useMemberCode(card)
  const barcodeMaxPx = Math.min(widthPx - CARD_MARGINS_PX, BARCODE_WIDTH_MAX_PX)
  return (
    <View className="hk-code">
      <View className="hk-code__title" ariaRole="heading">
        {texts.codeTitle}
      </View>
      <View className="hk-code__hint">{texts.codeHint}</View>
      {code !== null && (
        <>
          <CodePicture
            image={code.barcode}
            label={texts.barcodeLabel}
            widthPx={sharpWidthPx(code.barcode.widthModules, barcodeMaxPx, pixelRatio)}
            heightPx={BARCODE_HEIGHT_PX}
          />
          <View className="hk-code__digits" ariaLabel={texts.codeDigitsLabel(code.digits)}>
            {code.grouped}
          </View>
          <SquareCode image={code.qr} pixelRatio={pixelRatio} />
          <View className="hk-code__hint">{texts.codeSafety}</View>
        </>
      )}
    </View>
  )
}

function SquareCode({ image, pixelRatio }: { image: CodeImage; pixelRatio: number }) {
  const sidePx = sharpWidthPx(image.widthModules, QR_WIDTH_MAX_PX, pixelRatio)
  return <CodePicture image={image} label={texts.qrLabel} widthPx={sidePx} heightPx={sidePx} />
}

function CodePicture(props: {
  readonly image: CodeImage
  readonly label: string
  readonly widthPx: number
  readonly heightPx: number
}) {
  const isSquare = props.image.widthModules === props.image.heightModules
  const size = `width: ${String(props.widthPx)}px; height: ${String(props.heightPx)}px`
  return (
    <View
      className={`hk-code__picture${isSquare ? ' hk-code__picture--square' : ''}`}
      ariaRole="img"
      ariaLabel={props.label}
      style={`${size}; background-image: url("${props.image.uri}")`}
    />
  )
}
