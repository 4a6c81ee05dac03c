import { darkColours, lightColours } from '@huike/shared/design-tokens'
import type { TooltipComponentOption } from 'echarts/components'
import { init, type EChartsCoreOption, type EChartsType } from 'echarts/core'
import { useEffect, useRef } from 'react'
import { useIsDark } from './theme.js'

// Apache ECharts in its box. It is large: only what is loaded later may import it. Each page brings
// the parts its charts are made of, and says what they show in words and in numbers beside them.

export type Colours = Record<keyof typeof lightColours, string>

export const CHART_FONT_SIZE = 12

interface ChartProps {
  /** What the chart says, in words. */
  label: string
  optionOf: (colours: Colours) => EChartsCoreOption
}

/** Draws into its box, again when its data, the theme or the width changes. */
export function Chart({ label, optionOf }: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType | null>(null)
  const isDark = useIsDark()
  useEffect(() => {
    if (box.current === null) return undefined
    const drawn = init(box.current, null, { renderer: 'svg' })
    chart.current = drawn
    const watch = new ResizeObserver(() => {
      drawn.resize()
    })
    watch.observe(box.current)
    return () => {
      watch.disconnect()
      drawn.dispose()
      chart.current = null
    }
  }, [])
  useEffect(() => {
    chart.current?.setOption(optionOf(isDark ? darkColours : lightColours), { notMerge: true })
  }, [optionOf, isDark])
  return <div ref={box} className="chart" role="img" aria-label={label} />
}

interface Frame {
  /** Writes a value of the upright axis. */
  write: (value: number) => string
  /** Room above what is drawn. */
  top: number
}

/** Days along the bottom, values up the side. */
export function dayFrame(days: readonly string[], colours: Colours, { write, top }: Frame) {
  const isCalm = window.matchMedia('(prefers-reduced-motion: reduce)').matches
  return {
    animation: !isCalm,
    // Widths are measured with it: it must be the font that is drawn.
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 0, right: 4, top, bottom: 4, outerBoundsMode: 'same' as const },
    xAxis: {
      type: 'category' as const,
      data: [...days],
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colours.line } },
      axisLabel: {
        color: colours.textSoft,
        fontSize: CHART_FONT_SIZE,
        hideOverlap: true,
        // The year is in the period above.
        formatter: (day: string) => day.slice('YYYY-'.length),
      },
    },
    yAxis: {
      type: 'value' as const,
      minInterval: 1,
      splitNumber: 4,
      splitLine: { lineStyle: { color: colours.line } },
      axisLabel: { color: colours.textSoft, fontSize: CHART_FONT_SIZE, formatter: write },
    },
  }
}

/** What is said of the day under the pointer. */
export function dayTooltip(
  colours: Colours,
  write: (value: number) => string,
): TooltipComponentOption {
  return {
    trigger: 'axis',
    axisPointer: { type: 'shadow' },
    confine: true,
    backgroundColor: colours.surface,
    borderColor: colours.line,
    textStyle: { color: colours.text, fontSize: CHART_FONT_SIZE },
    valueFormatter: (value) => write(Number(value)),
  }
}
