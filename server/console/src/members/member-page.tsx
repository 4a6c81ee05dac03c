import type { MemberFile } from '@huike/shared/contracts/console-members'
import { Button, Tag } from 'antd'
import { ago, calendarDay, count, money } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { Tiles } from '../tiles.js'
import { Trouble } from '../trouble.js'
import { useQuery } from '../use-query.js'
import { MemberDetails } from './member-details.js'
import { PhoneView } from './phone-view.js'
import { memberStrings } from './strings.js'
import { Timeline } from './timeline.js'
import { useStores } from './use-stores.js'
import './members.css'

const BACK = { href: hrefOf('/members'), words: memberStrings.file.back }

/** One member: who it is, what there is to know, and everything that happened on one timeline. */
export default function MemberPage({ memberId }: { memberId: string }) {
  const { may } = useSession()
  const stores = useStores()
  const query = useQuery<MemberFile>(`/members/${encodeURIComponent(memberId)}`)
  const { value: file, readAtMs } = query
  if (file === null)
    return (
      <PageFrame title={memberStrings.title} back={BACK}>
        <Trouble query={query} />
      </PageFrame>
    )
  return (
    <PageFrame
      title={file.nameMasked ?? memberStrings.unnamed}
      back={BACK}
      actions={
        may('identity.view') && (
          <Button href={hrefOf(`/duplicates/members/${file.memberId}`)}>
            {memberStrings.file.findDuplicates}
          </Button>
        )
      }
      note={
        <span className="m-head">
          <span className="m-tags">
            <Tag className="m-plain">{file.levelName}</Tag>
            {file.state === 'pending' && <Tag color="warning">{memberStrings.pending}</Tag>}
            {file.mayMarket && <Tag color="success">{memberStrings.mayMarket}</Tag>}
          </span>
          <span>{file.phoneMasked}</span>
          <span>{memberStrings.file.memberNo(file.memberNo)}</span>
        </span>
      }
    >
      <Trouble query={query} />
      {file.memberId !== memberId && (
        <p className="tile" role="status">
          {memberStrings.file.absorbed}
        </p>
      )}
      {file.state === 'pending' && <p className="note">{memberStrings.pendingLong}</p>}
      {file.mayShowPhone && <PhoneView memberId={memberId} />}
      <Numbers file={file} nowMs={readAtMs} timeZone={stores.timeZone} />
      <div className="m-columns">
        <Timeline memberId={memberId} timeZone={stores.timeZone} />
        <MemberDetails file={file} timeZone={stores.timeZone} />
      </div>
    </PageFrame>
  )
}

interface NumbersProps {
  file: MemberFile
  nowMs: number
  timeZone: string
}

/** The four numbers one asks for first. */
function Numbers({ file, nowMs, timeZone }: NumbersProps) {
  const words = memberStrings.file
  const tiles = [
    {
      label: words.balance,
      number: count(file.balancePoints),
      note: [file.levelName, ...pendingWords(file.pending)].join(' · '),
    },
    {
      label: words.total,
      number: money(file.totalFen),
      note: words.purchases(count(file.purchaseCount), count(file.onlinePurchaseCount)),
    },
    {
      label: words.lastPurchase,
      number:
        file.lastPurchaseAtMs === null
          ? memberStrings.neverBought
          : ago(file.lastPurchaseAtMs, nowMs),
      note: file.lastStoreName ?? '',
    },
    {
      label: words.since,
      number: calendarDay(file.memberSinceMs, timeZone),
      note: [
        file.registeredStoreName ?? words.registered(file.registeredChannel),
        file.registeredCashier === null ? '' : words.cashier(file.registeredCashier),
      ]
        .filter((part) => part !== '')
        .join(' · '),
    },
  ]
  return <Tiles className="m-tiles" tiles={tiles} />
}

function pendingWords(pending: MemberFile['pending']): string[] {
  if (pending === null) return []
  const { points, nextPoints, fromDate } = pending
  return [memberStrings.file.pending(count(points), fromDate, points === nextPoints)]
}
