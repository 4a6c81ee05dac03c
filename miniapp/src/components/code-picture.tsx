import { View } from '@tarojs/components'
import type { CodeImage } from '../code/code-image.js'

/** Space beside a barcode: the card's margin only, its quiet zone is part of the picture. */
const CARD_MARGINS_PX = 2 * 8
const BARCODE_WIDTH_MAX_PX = 420

/** How wide a barcode may be drawn in a window so wide. */
export function codeWidthPx(windowWidthPx: number): number {
  return Math.min(windowWidthPx - CARD_MARGINS_PX, BARCODE_WIDTH_MAX_PX)
}

/** A barcode or a QR code, with its name for a screen reader. */
export function CodePicture(props: {
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
