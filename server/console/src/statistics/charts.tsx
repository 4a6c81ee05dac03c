import type { Statistics } from '@huike/shared/contracts/console-members'
import { fen } from '@huike/shared/quantities'
import { BarChart, type BarSeriesOption } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { Chart, CHART_FONT_SIZE, dayFrame, dayTooltip } from '../chart.js'
import { count, money } from '../format.js'
import { axisMoney } from './axis.js'
import { statisticsStrings as words } from './strings.js'

// The two charts of a period. What they show is said in words above them and in numbers in the table
// below.

use([BarChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer])

const BAR_WIDTH_MAX = 28
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
        ...dayFrame(datesOf(days), colours, { write: axisMoney, top: LEGEND_TOP }),
        legend: {
          right: 0,
          top: 0,
          itemWidth: 10,
          itemHeight: 10,
          itemGap: 16,
          textStyle: { color: colours.textSoft, fontSize: CHART_FONT_SIZE },
        },
        tooltip: dayTooltip(colours, (value) => money(fen(value))),
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
        ...dayFrame(datesOf(days), colours, { write: count, top: PLAIN_TOP }),
        tooltip: dayTooltip(colours, count),
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

function datesOf(days: Statistics['days']): string[] {
  return days.map(({ businessDate }) => businessDate)
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
