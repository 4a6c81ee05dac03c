import type {
  QualityFigure,
  QualityIssueKind,
  QualityOverview,
} from '@huike/shared/contracts/console-quality'
import { count } from '../format.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { PassTag } from './pass-tag.js'
import { isCompleteness, percentOf, percentOfThreshold } from './shares.js'
import { FIGURES, qualityStrings as words } from './strings.js'

const ORDER = Object.keys(FIGURES)
/** Counted, and not listed one by one. */
const ONLY_COUNTED: readonly string[] = [
  'identity_orphan',
  'identity_twice',
  'receipt_missing',
  'pair_open',
  'pair_merged',
  'pair_rejected',
]
/** What is counted here and looked at on another page. */
const LOOKED_AT: Readonly<Record<string, string>> = {
  pair_open: '/duplicates',
  pair_merged: '/duplicates/merges',
}

interface Props {
  figures: readonly QualityFigure[]
  open: QualityOverview['open']
}

/** What is there twice, contradicts itself, or can hardly be true; each with the way to look at it. */
export function Problems({ figures, open }: Props) {
  const own = figures
    .filter((figure) => !isCompleteness(figure) && figure.group === '')
    .sort((a, b) => ORDER.indexOf(a.code) - ORDER.indexOf(b.code))
  return (
    <section aria-labelledby="problems">
      <h2 id="problems">{words.problems}</h2>
      <p className="note before-table">{words.problemsNote}</p>
      <div className="table-wrap tile" role="region" aria-label={words.problems} tabIndex={0}>
        <table className="table stacks">
          <thead>
            <tr>
              <th scope="col">{words.what}</th>
              <th scope="col">{words.share}</th>
              <th scope="col">{words.counted}</th>
              <th scope="col">{words.threshold}</th>
              <th scope="col">{words.result}</th>
            </tr>
          </thead>
          <tbody>
            {own.map((figure) => (
              <tr key={figure.code}>
                <th scope="row">
                  <Name figure={figure} waiting={waitingOf(open, figure)} />
                </th>
                <td data-label={words.share}>{percentOf(figure.part, figure.whole)}</td>
                <td data-label={words.counted}>
                  {count(figure.part)} / {count(figure.whole)}
                </td>
                <td data-label={words.threshold}>
                  {figure.threshold === null
                    ? '—'
                    : words.atMost(percentOfThreshold(figure.threshold))}
                </td>
                <td data-label={words.result}>
                  {figure.passes === null ? '—' : <PassTag passes={figure.passes} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function waitingOf(open: Props['open'], { code }: QualityFigure): number {
  return open.find(({ kind }) => kind === (code as QualityIssueKind))?.count ?? 0
}

function Name({ figure, waiting }: { figure: QualityFigure; waiting: number }) {
  const { may } = useSession()
  const name = words.figure(figure.code)
  const path = LOOKED_AT[figure.code]
  if (path !== undefined && may('identity.view')) return <a href={hrefOf(path)}>{name}</a>
  if (ONLY_COUNTED.includes(figure.code)) return <>{name}</>
  return (
    <>
      <a href={hrefOf(`/quality/issues/${figure.code}`)}>{name}</a>
      {waiting > 0 && <span className="note quality-waiting">{words.open(count(waiting))}</span>}
    </>
  )
}
