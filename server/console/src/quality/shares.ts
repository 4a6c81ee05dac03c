import type { QualityFigure } from '@huike/shared/contracts/console-quality'

/** A threshold is in ten-thousandths; people read per cent. */
const PER_CENT = 100
const DECIMALS = 2

/** `97.5%`, to a hundredth of a per cent and never rounded up to a whole it is not. */
export function percentOf(part: number, whole: number): string {
  if (whole === 0) return '0%'
  const scale = PER_CENT * 10 ** DECIMALS
  const hundredths = Math.floor((part * scale) / whole)
  const shown = part > 0 && hundredths === 0 ? 1 : hundredths
  return `${part > 0 && hundredths === 0 ? '<' : ''}${String(shown / 10 ** DECIMALS)}%`
}

/** `97.5%` of 9,750 ten-thousandths. */
export function percentOfThreshold(threshold: number): string {
  return `${String(threshold / PER_CENT)}%`
}

/** Ten-thousandths of what was typed as per cent: null for nothing, NaN for what is no number. */
export function thresholdOf(text: string): number | null {
  if (text.trim() === '') return null
  const threshold = Math.round(Number(text) * PER_CENT)
  return threshold >= 0 && threshold <= PER_CENT * PER_CENT ? threshold : Number.NaN
}

/** The figures of completeness, whole first. */
export function isCompleteness({ code }: Pick<QualityFigure, 'code'>): boolean {
  return code.startsWith('has_')
}

/** `1,000` of a million thousandths; `0.986` of weighed goods. */
export function quantityOf(quantityMilli: number): string {
  return (quantityMilli / 1_000).toLocaleString('zh-CN', { maximumFractionDigits: 3 })
}
