import type { SetDataRecord } from './logic-layer.js'

// What crosses the bridge between WeChat's two layers makes a page slow. Bars of our own, far below
// WeChat's 256 KB: see the design notes on performance.

const FIRST_SET_DATA_BYTES_MAX = 16_384
const SET_DATA_BYTES_MAX = 32_768

/** Calls of setData above our bars: a page's first must be smaller, people wait for it. */
export function heavySetData(records: readonly SetDataRecord[]): string[] {
  const seen = new Set<string>()
  return records.flatMap(({ route, bytes }) => {
    const bar = seen.has(route) ? SET_DATA_BYTES_MAX : FIRST_SET_DATA_BYTES_MAX
    seen.add(route)
    return bytes > bar ? [`${route} sent ${String(bytes)} bytes`] : []
  })
}
