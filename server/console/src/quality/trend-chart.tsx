import type { QualityTrend } from '@huike/shared/contracts/console-quality'
import { LineChart, type LineSeriesOption } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import { use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { Chart, dayFrame, dayTooltip } from '../chart.js'
import { qualityStrings as words } from './strings.js'

use([LineChart, GridComponent, TooltipComponent, SVGRenderer])

const TOP = 8
const SYMBOL_SIZE = 6

interface Props {
  points: QualityTrend['points']
  name: string
  /** What the chart says, in words. */
  label: string
}

/** The share of each run, and the threshold it was held against. */
export function TrendChart({ points, name, label }: Props) {
  return (
    <Chart
      label={label}
      optionOf={(colours) => ({
        ...dayFrame(
          points.map(({ businessDate }) => businessDate),
          colours,
          { write: percent, top: TOP },
        ),
        tooltip: dayTooltip(colours, percent),
        series: [
          line(name, colours.brand, points.map(shareOf)),
          {
            ...line(words.threshold, colours.textSoft, points.map(thresholdOf)),
            lineStyle: { color: colours.textSoft, type: 'dashed', width: 1 },
            symbol: 'none',
          },
        ],
      })}
    />
  )
}

function shareOf({ part, whole }: QualityTrend['points'][number]): number {
  return whole === 0 ? 0 : (part / whole) * 100
}

function thresholdOf({ threshold }: QualityTrend['points'][number]): number | null {
  return threshold === null ? null : threshold / 100
}

function percent(value: number): string {
  return Number.isNaN(value) ? '—' : `${String(Math.round(value * 100) / 100)}%`
}

function line(name: string, colour: string, data: (number | null)[]): LineSeriesOption {
  return {
    ...{ type: 'line', name, data, symbolSize: SYMBOL_SIZE },
    itemStyle: { color: colour },
    lineStyle: { color: colour },
    emphasis: { disabled: true },
  }
}
