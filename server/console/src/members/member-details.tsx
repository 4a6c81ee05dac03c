import type { MemberFile } from '@huike/shared/contracts/console-members'
import { PURPOSE_TEXTS } from '@huike/shared/purposes'
import { Tag } from 'antd'
import { useSyncExternalStore } from 'react'
import { calendarDay, count, money } from '../format.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { MemberRights } from '../rights/member-rights.js'
import { MemberLevelPart } from './member-level.js'
import { MemberOwnerLine } from './member-owner.js'
import { memberStrings } from './strings.js'

/** Up to this width the details stand above the timeline, folded. */
const NARROW = '(max-width: 1000px)'

interface Props {
  file: MemberFile
  timeZone: string
}

/** What is known of a member besides the numbers: consents, stores, and how they are recognised. */
export function MemberDetails({ file, timeZone }: Props) {
  const words = memberStrings.file
  const isNarrow = useSyncExternalStore(subscribe, () => window.matchMedia(NARROW).matches)
  const parts = <Parts file={file} timeZone={timeZone} />
  return (
    <aside className="m-aside" aria-label={words.details}>
      {isNarrow ? (
        <details className="m-panel">
          <summary>{words.fold}</summary>
          {parts}
        </details>
      ) : (
        parts
      )}
    </aside>
  )
}

function Parts({ file, timeZone }: Props) {
  const words = memberStrings.file
  const { may } = useSession()
  return (
    <div className="m-details">
      <MemberLevelPart level={file.level} timeZone={timeZone} />
      <section aria-labelledby="member-consents">
        <h2 id="member-consents">{words.consents}</h2>
        <dl className="m-facts">
          {file.consents.map(({ purpose, state, changedAtMs }) => (
            <div key={purpose}>
              <dt>{PURPOSE_TEXTS[purpose].title}</dt>
              <dd>
                {state === 'granted' ? (
                  <Tag color="success">{words.consentState(state)}</Tag>
                ) : (
                  <Tag className="m-plain">{words.consentState(state)}</Tag>
                )}
                {changedAtMs !== null && (
                  <span className="note">{calendarDay(changedAtMs, timeZone)}</span>
                )}
              </dd>
            </div>
          ))}
          <div>
            <dt>{words.credits}</dt>
            <dd>{words.creditsWords(count(file.subscriptionCredits))}</dd>
          </div>
          <div>
            <dt>{words.birthday}</dt>
            <dd>{birthdayWords(file.birthdayMonthDay)}</dd>
          </div>
        </dl>
      </section>
      {may('consents.view') && <MemberRights memberId={file.memberId} memberNo={file.memberNo} />}
      <section aria-labelledby="member-owner">
        <h2 id="member-owner">{words.owner}</h2>
        <p className="m-owner">
          <MemberOwnerLine file={file} />
        </p>
      </section>
      <section aria-labelledby="member-stores">
        <h2 id="member-stores">{words.stores}</h2>
        {file.stores.length === 0 && <p className="note">{words.noStores}</p>}
        <dl className="m-facts">
          {file.stores.map((store) => (
            <div key={store.storeName}>
              <dt>
                {store.storeName}
                {store.lastPurchaseAtMs !== null && (
                  <span className="note">{calendarDay(store.lastPurchaseAtMs, timeZone)}</span>
                )}
              </dt>
              <dd>
                <span>{money(store.totalFen)}</span>
                <span className="note">{memberStrings.purchases(count(store.purchaseCount))}</span>
              </dd>
            </div>
          ))}
        </dl>
      </section>
      <section aria-labelledby="member-identities">
        <h2 id="member-identities">{words.identities}</h2>
        <dl className="m-facts">
          {file.identities.map((identity) => (
            <div key={`${identity.kind} ${identity.valueMasked} ${identity.source}`}>
              <dt>
                {words.identityKind(identity.kind)}
                <span className="note">
                  {words.assurance(identity.assurance)} · {words.source(identity.source)}
                </span>
              </dt>
              <dd>
                <span>{identity.valueMasked}</span>
                <span className="note">
                  {identity.fromMemberNo !== null && `${words.from(identity.fromMemberNo)} · `}
                  {words.seen(
                    calendarDay(identity.firstSeenAtMs, timeZone),
                    calendarDay(identity.lastSeenAtMs, timeZone),
                  )}
                </span>
              </dd>
            </div>
          ))}
        </dl>
      </section>
      <Merges file={file} timeZone={timeZone} />
    </div>
  )
}

/** The merges this member took part in; each leads to what it changed, for those who may see it. */
function Merges({ file: { merges }, timeZone }: Props) {
  const { may } = useSession()
  const words = memberStrings.file
  if (merges.length === 0) return null
  return (
    <section aria-labelledby="member-merges">
      <h2 id="member-merges">{words.merges}</h2>
      <dl className="m-facts">
        {merges.map(({ id, role, otherMemberNo, mergedAtMs, undoneAtMs }) => {
          const said = words.merge(role, otherMemberNo)
          const undone = undoneAtMs === null ? null : calendarDay(undoneAtMs, timeZone)
          return (
            <div key={id}>
              <dt>
                {may('identity.view') ? (
                  <a href={hrefOf(`/duplicates/merges/${id}`)}>{said}</a>
                ) : (
                  said
                )}
              </dt>
              <dd>
                <span className="note">
                  {words.mergedAt(calendarDay(mergedAtMs, timeZone), undone)}
                </span>
              </dd>
            </div>
          )
        })}
      </dl>
    </section>
  )
}

function birthdayWords(monthDay: string | null): string {
  const [month, day] = (monthDay ?? '').split('-').map(Number)
  if (month === undefined || day === undefined) return memberStrings.file.unknown
  return memberStrings.file.birthdayWords(month, day)
}

function subscribe(listener: () => void): () => void {
  const query = window.matchMedia(NARROW)
  query.addEventListener('change', listener)
  return () => {
    query.removeEventListener('change', listener)
  }
}
