import type { QualityFigureCode, QualitySettings } from '@huike/shared/contracts/console-quality'
import { thresholdOf } from './shares.js'

// The settings as they are typed, and as the server takes them. limits.spec.ts of the contract holds
// the same ends.

const HUGE = { least: 50, most: 1_000_000 }
const DEVIATIONS = { least: 3, most: 50 }
const DAYS = { least: 7, most: 365 }

/** The fields as they are typed; thresholds in per cent. */
export interface Draft {
  thresholds: Partial<Record<QualityFigureCode, string>>
  huge: string
  deviations: string
  days: string
  askName: boolean
  askBirthday: boolean
}

export function draftOf(settings: QualitySettings): Draft {
  const typed = Object.entries(settings.thresholds).map(([code, threshold]) => [
    code,
    String(threshold / 100),
  ])
  return {
    thresholds: Object.fromEntries(typed) as Draft['thresholds'],
    huge: String(settings.hugeQuantity),
    deviations: String(settings.amountDeviations),
    days: String(settings.amountDays),
    askName: settings.askFor.includes('name'),
    askBirthday: settings.askFor.includes('birthday'),
  }
}

/** What the fields say; null while they say nothing the server takes. */
export function settingsOf(draft: Draft): QualitySettings | null {
  const thresholds: QualitySettings['thresholds'] = {}
  for (const [code, text] of Object.entries(draft.thresholds)) {
    const threshold = thresholdOf(text)
    if (Number.isNaN(threshold)) return null
    if (threshold !== null) thresholds[code as QualityFigureCode] = threshold
  }
  const hugeQuantity = within(draft.huge, HUGE.least, HUGE.most)
  const amountDeviations = within(draft.deviations, DEVIATIONS.least, DEVIATIONS.most)
  const amountDays = within(draft.days, DAYS.least, DAYS.most)
  if (hugeQuantity === null || amountDeviations === null || amountDays === null) return null
  const askFor: QualitySettings['askFor'] = [
    ...(draft.askName ? (['name'] as const) : []),
    ...(draft.askBirthday ? (['birthday'] as const) : []),
  ]
  return { thresholds, hugeQuantity, amountDeviations, amountDays, askFor }
}

function within(text: string, least: number, most: number): number | null {
  const value = Number(text)
  return text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most
    ? value
    : null
}
