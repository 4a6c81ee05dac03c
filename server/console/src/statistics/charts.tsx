import type { Statistics } from '@huike/shared/contracts/console-members'
import { fen } from '@huike/shared/quantities'
import { darkColours, lightColours } from '@huike/shared/design-tokens'
import { BarChart, type BarSeriesOption } from 'echarts/charts'
import {
  GridComponent,
  LegendComponent,
  TooltipComponent,
  type GridComponentOption,
  type LegendComponentOption,
  type TooltipComponentOption,
} from 'echarts/components'
import { init, use, type ComposeOption, type EChartsType } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { count, money } from '../format.js'
import { useIsDark } from '../theme.js'
import { axisMoney } from './axis.js'
import { statisticsStrings as words } from './strings.js'

// Apache ECharts, with only the parts these two charts are made of. What they show is said in words
// above them and in numbers in the table below.

use([BarChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer])

type Option = ComposeOption<
  BarSeriesOption | GridComponentOption | LegendComponentOption | TooltipComponentOption
>
type Colours = Record<keyof typeof lightColours, string>

const BAR_WIDTH_MAX = 28
const FONT_SIZE = 12
/** Room above the bars, with and without a legend. */
const LEGEND_TOP = 36
const PLAIN_TOP = 8

interface Props {
  days: Statistics['days']
  /** What the chart says, in words. */
  label: string
}

/** Sales with and without a member, day by day, one on the other. */
export function SalesChart({ days, label }: Props) {
  return (
    <Chart
      label={label}
      optionOf={(colours) => ({
        ...base(days, colours, { write: axisMoney, top: LEGEND_TOP }),
        legend: {
          right: 0,
          top: 0,
          itemWidth: 10,
          itemHeight: 10,
          itemGap: 16,
          textStyle: { color: colours.textSoft, fontSize: FONT_SIZE },
        },
        tooltip: tooltip(colours, (value) => money(fen(value))),
        series: [
          bars(
            words.member,
            colours.brand,
            days.map((day) => day.memberSalesFen),
          ),
          bars(
            words.noMember,
            colours.line,
            days.map((day) => day.salesFen - day.memberSalesFen),
          ),
        ],
      })}
    />
  )
}

/** New members day by day. */
export function NewMembersChart({ days, label }: Props) {
  return (
    <Chart
      label={label}
      optionOf={(colours) => ({
        ...base(days, colours, { write: count, top: PLAIN_TOP }),
        tooltip: tooltip(colours, count),
        series: [
          bars(
            words.new,
            colours.brand,
            days.map((day) => day.newMembers),
          ),
        ],
      })}
    />
  )
}

interface ChartProps {
  label: string
  optionOf: (colours: Colours) => Option
}

/** Draws into its box, again when its data, the theme or the width changes. */
function Chart({ label, optionOf }: ChartProps) {
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
  top: number
}

function base(days: Statistics['days'], colours: Colours, { write, top }: Frame) {
  const isCalm = window.matchMedia('(prefers-reduced-motion: reduce)').matches
  return {
    animation: !isCalm,
    // Widths are measured with it: it must be the font that is drawn.
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 0, right: 4, top, bottom: 4, outerBoundsMode: 'same' as const },
    xAxis: {
      type: 'category' as const,
      data: days.map(({ businessDate }) => businessDate),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colours.line } },
      axisLabel: {
        color: colours.textSoft,
        fontSize: FONT_SIZE,
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
      axisLabel: { color: colours.textSoft, fontSize: FONT_SIZE, formatter: write },
    },
  } satisfies Option
}

function tooltip(colours: Colours, write: (value: number) => string): TooltipComponentOption {
  return {
    trigger: 'axis',
    axisPointer: { type: 'shadow' },
    confine: true,
    backgroundColor: colours.surface,
    borderColor: colours.line,
    textStyle: { color: colours.text, fontSize: FONT_SIZE },
    valueFormatter: (value) => write(Number(value)),
  }
}

function bars(name: string, colour: string, data: number[]): BarSeriesOption {
  return {
    type: 'bar',
    name,
    data,
    stack: 'all',
    barMaxWidth: BAR_WIDTH_MAX,
    itemStyle: { color: colour },
    emphasis: { disabled: true },
  }
}
