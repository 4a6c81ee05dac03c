import type { QualityFigureCode, QualityTrend } from '@huike/shared/contracts/console-quality'
import { Select } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { withQuery } from '../api.js'
import { Field } from '../field.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { FIGURES, qualityStrings as words } from './strings.js'

// The drawing of charts is large: it comes after the numbers.
const TrendChart = lazy(async () => ({ default: (await import('./trend-chart.js')).TrendChart }))

const CODES = Object.keys(FIGURES) as QualityFigureCode[]

/** One figure over its latest runs. */
export function Trend() {
  const [code, setCode] = useState<QualityFigureCode>('has_phone')
  const query = useQuery<QualityTrend>(withQuery('/quality/trend', { code }), { keepsLast: true })
  const points = query.value?.points ?? []
  const [first, last] = [points[0], points.at(-1)]
  return (
    <section className="tile chart-tile" aria-labelledby="trend">
      <h2 id="trend">{words.trend}</h2>
      <p className="note">{words.trendNote}</p>
      <Field label={words.trendOf}>
        {(ids) => (
          <Select
            {...ids}
            className="store-choice"
            value={code}
            options={CODES.map((value) => ({ value, label: words.figure(value) }))}
            onChange={setCode}
          />
        )}
      </Field>
      <Trouble query={query} rows={5} />
      {query.value !== null && points.length < 2 && <p className="note">{words.trendEmpty}</p>}
      {query.value !== null && points.length >= 2 && (
        <Suspense fallback={<div className="chart" aria-busy="true" />}>
          <TrendChart
            points={points}
            name={words.figure(query.value.code)}
            label={words.trendLabel(
              words.figure(query.value.code),
              first?.businessDate ?? '',
              last?.businessDate ?? '',
            )}
          />
        </Suspense>
      )}
    </section>
  )
}
