import { describe, expect, it } from '@jest/globals'
import { darkColours, lightColours } from '@huike/shared/design-tokens'

type Colour = keyof typeof lightColours

const CONTRAST_MIN = 4.5
/** Every ink on every ground that styles.css puts together. */
const PAIRS: readonly [ink: Colour, ground: Colour][] = [
  ['text', 'background'],
  ['text', 'surface'],
  ['text', 'brandSoft'],
  ['text', 'line'],
  ['textSoft', 'background'],
  ['textSoft', 'surface'],
  ['onBrand', 'brand'],
  ['brand', 'surface'],
  ['brandStrong', 'brandSoft'],
  ['good', 'surface'],
  ['good', 'brandSoft'],
  ['warn', 'surface'],
  ['warn', 'warnSoft'],
  ['bad', 'surface'],
  ['bad', 'badSoft'],
]

describe.each([
  ['light', lightColours],
  ['dark', darkColours],
])('the %s colours of the page', (_theme, colours) => {
  it.each(PAIRS)('can be read: %s on %s', (ink, ground) => {
    expect(contrast(colours[ink], colours[ground])).toBeGreaterThanOrEqual(CONTRAST_MIN)
  })
})

/** WCAG 2.2, contrast ratio: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
