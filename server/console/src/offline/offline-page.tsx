import type { OfflineFinding, OfflineFindingsPage } from '@huike/shared/contracts/offline'
import { outcomeSentence } from '@huike/shared/outcomes'
import { clockTime, count, money } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { strings } from '../strings.js'
import { usePages } from '../use-query.js'
import { HoldingTills } from './holding-tills.js'
import { OfflineSettingsForm } from './settings-form.js'
import { offlineStrings as words } from './strings.js'

const findingsOf = (page: OfflineFindingsPage): readonly OfflineFinding[] => page.findings

/** Redeeming without a network: what tills may, what they hold, and what a person should read. */
export default function OfflinePage() {
  const list = usePages('/offline/findings', findingsOf)
  return (
    <PageFrame
      title={words.title}
      note={words.note}
      back={{ href: hrefOf('/sources'), words: strings.nav.sources }}
    >
      <OfflineSettingsForm />
      <HoldingTills />
      <section aria-label={words.findings}>
        <h2>{words.findings}</h2>
        <ul className="rows">
          {list.items?.map((finding) => (
            <Finding key={finding.id} finding={finding} />
          ))}
        </ul>
        <PagesEnd list={list} empty={words.findingsEmpty} skeletonRows={3} />
      </section>
    </PageFrame>
  )
}

function Finding({ finding }: { finding: OfflineFinding }) {
  const { may } = useSession()
  const { kind, code, points, offFen, memberId, storeName, terminalCode, atMs } = finding
  return (
    <li className="row">
      <strong>{words.kind(kind)}</strong>
      {points !== null && <span>{words.excess(count(points))}</span>}
      {offFen !== null && <span>{money(offFen)}</span>}
      {memberId !== null && may('members.view') && (
        <a className="row-end" href={hrefOf(`/members/${memberId}`)}>
          {words.member}
        </a>
      )}
      <span className="note row-note">
        {words.till(storeName, terminalCode)} · {clockTime(atMs)}
        {code !== null && ` · ${outcomeSentence(code)}`}
      </span>
    </li>
  )
}
