import type { PendingPoints } from '@huike/shared/contracts/common'
import { formatPoints } from '../format.js'
import { texts } from '../texts.js'

/** `另有 120 分待生效，2026-06-09 起可用`. */
export function pendingWords({ points, nextPoints, fromDate }: PendingPoints): string {
  return texts.pendingPoints(formatPoints(points), formatPoints(nextPoints), fromDate)
}
