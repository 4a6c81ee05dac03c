import type { AudiencePreview } from '@huike/shared/contracts/console-campaigns'
import { Skeleton } from 'antd'
import { calendarDay, count } from '../format.js'
import { memberStrings } from '../members/strings.js'
import { isCouponShort } from './results.js'
import { campaignStrings } from './strings.js'
import type { Counted } from './use-audience.js'

interface Props {
  counted: Counted
  timeZone: string
}

/** How many would be written to, by which channel, who is left out and why, and ten of them. */
export function AudienceResult({ counted, timeZone }: Props) {
  const words = campaignStrings.form
  const { preview, isFresh, problem } = counted
  if (preview === null)
    return problem === null ? (
      <div aria-busy="true">
        <span className="m-hidden">{words.counting}</span>
        <Skeleton active title={false} paragraph={{ rows: 6 }} />
      </div>
    ) : null
  return (
    <div className="m-panel" data-fresh={isFresh} aria-busy={!isFresh && problem === null}>
      <div className="c-reach">
        <span className="note">{isFresh ? words.reachable : words.counting}</span>
        <strong className="number">{campaignStrings.people(count(preview.reachableCount))}</strong>
        <span className="note">{words.matched(count(preview.matchedCount))}</span>
      </div>
      {preview.reachableCount === 0 && <p>{words.nobody}</p>}
      <Counts preview={preview} />
      {preview.heldCount > 0 && <p className="c-warn">{words.held(count(preview.heldCount))}</p>}
      {preview.sample.length > 0 && <Sample preview={preview} timeZone={timeZone} />}
    </div>
  )
}

function Counts({ preview }: { preview: AudiencePreview }) {
  const words = campaignStrings.form
  const byChannel = preview.byChannel.filter((one) => one.count > 0)
  const leftOut = preview.leftOut.filter((one) => one.count > 0)
  return (
    <div className="c-counts">
      {byChannel.length > 0 && (
        <section>
          <h3>{isCouponShort(preview) ? words.byChannelShort : words.byChannel}</h3>
          <dl className="m-facts">
            {byChannel.map((one) => (
              <div key={one.channel}>
                <dt>{campaignStrings.channel(one.channel)}</dt>
                <dd>{campaignStrings.people(count(one.count))}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      <section>
        <h3>{words.leftOut}</h3>
        {leftOut.length === 0 && <p className="note">{words.nobodyLeftOut}</p>}
        <dl className="m-facts">
          {leftOut.map((one) => (
            <div key={one.reason}>
              <dt>{campaignStrings.reason(one.reason)}</dt>
              <dd>{campaignStrings.people(count(one.count))}</dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  )
}

function Sample({ preview, timeZone }: { preview: AudiencePreview; timeZone: string }) {
  const words = campaignStrings.form
  return (
    <details className="m-lines">
      <summary>
        {words.sample}{' '}
        <span className="note">{words.sampleNote(count(preview.sample.length))}</span>
      </summary>
      <ul>
        {preview.sample.map((one) => (
          <li key={one.memberId}>
            <strong>{one.nameMasked ?? memberStrings.unnamed}</strong>
            <span>{one.phoneMasked}</span>
            <span className="note m-amount">{campaignStrings.channel(one.channel)}</span>
            <span className="note c-line">
              {words.lastPurchase(calendarDay(one.lastPurchaseAtMs, timeZone), one.lastStoreName)}
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}
