import type { QualityFigure } from '@huike/shared/contracts/console-quality'
import { useState } from 'react'
import { Choices } from '../choices.js'
import { count } from '../format.js'
import { PassTag } from './pass-tag.js'
import { isCompleteness, percentOf, percentOfThreshold } from './shares.js'
import { FIGURES, qualityStrings as words } from './strings.js'

type Grouping = keyof typeof words.by
const GROUPINGS: readonly Grouping[] = ['channel', 'source']
const CODES = Object.keys(FIGURES) as (keyof typeof FIGURES)[]

/** How much is known of each field: of everybody, and of those of each channel or source. */
export function Completeness({ figures }: { figures: readonly QualityFigure[] }) {
  const [grouping, setGrouping] = useState<Grouping>('channel')
  const own = figures.filter(isCompleteness)
  const groups = [...new Set(own.map(({ group }) => group))].filter((group) =>
    group.startsWith(`${grouping}:`),
  )
  const fields = CODES.filter((code) => own.some((figure) => figure.code === code))
  const of = (code: string, group: string) =>
    own.find((figure) => figure.code === code && figure.group === group)
  return (
    <section aria-labelledby="completeness">
      <h2 id="completeness">{words.completeness}</h2>
      <p className="note before-table">{words.completenessNote(count(own[0]?.whole ?? 0))}</p>
      <Choices
        label={words.groups}
        choices={GROUPINGS}
        chosen={grouping}
        wordsOf={(one) => words.by[one]}
        onChoose={setGrouping}
      />
      <div className="table-wrap tile" role="region" aria-label={words.completeness} tabIndex={0}>
        <table className="table stacks">
          <thead>
            <tr>
              <th scope="col">{words.field}</th>
              <th scope="col">{words.everybody}</th>
              <th scope="col">{words.threshold}</th>
              {groups.map((group) => (
                <th key={group} scope="col">
                  {words.group(group)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {fields.map((code) => {
              const whole = of(code, '')
              return (
                <tr key={code}>
                  <th scope="row">{words.figure(code)}</th>
                  <td data-label={words.everybody}>
                    <Share figure={whole} /> <PassTag passes={whole?.passes ?? null} />
                  </td>
                  <td data-label={words.threshold}>
                    {whole?.threshold == null
                      ? '—'
                      : words.atLeast(percentOfThreshold(whole.threshold))}
                  </td>
                  {groups.map((group) => (
                    <td key={group} data-label={words.group(group)}>
                      <Share figure={of(code, group)} />
                    </td>
                  ))}
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Share({ figure }: { figure: QualityFigure | undefined }) {
  if (figure === undefined) return <>—</>
  const { part, whole } = figure
  return <span title={`${count(part)} / ${count(whole)}`}>{percentOf(part, whole)}</span>
}
