import type { SamplePrecision } from '@huike/shared/contracts/console-quality'
import { count } from '../format.js'
import { qualityStrings, sampleStrings as words } from './strings.js'

/** How right each source was, and between what ends that is sure. */
export function Precision({ sources }: { sources: readonly SamplePrecision[] }) {
  return (
    <div className="table-wrap" role="region" aria-label={words.precision} tabIndex={0}>
      <table className="table stacks">
        <thead>
          <tr>
            <th scope="col">{words.source}</th>
            <th scope="col">{words.precision}</th>
            <th scope="col">{words.interval}</th>
            <th scope="col">{words.right}</th>
            <th scope="col">{words.wrong}</th>
            <th scope="col">{words.unsure}</th>
            <th scope="col">{words.drawn}</th>
            <th scope="col">{words.population}</th>
          </tr>
        </thead>
        <tbody>
          {sources.map((one) => (
            <tr key={one.source}>
              <th scope="row">{qualityStrings.group(`source:${one.source}`)}</th>
              <td data-label={words.precision}>{percent(one.precision)}</td>
              <td data-label={words.interval}>
                {one.low === null || one.high === null
                  ? '—'
                  : words.between(percent(one.low), percent(one.high))}
              </td>
              <td data-label={words.right}>{count(one.right)}</td>
              <td data-label={words.wrong}>{count(one.wrong)}</td>
              <td data-label={words.unsure}>{count(one.unsure)}</td>
              <td data-label={words.drawn}>{count(one.drawn)}</td>
              <td data-label={words.population}>{count(one.population)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function percent(share: number | null): string {
  return share === null ? '—' : `${(share * 100).toFixed(1)}%`
}
