import type {
  ConsolePackOrdersPage,
  PackTemplatesPage,
  PackTemplateView,
} from '@huike/shared/contracts/console-packs'
import { PACK_ORDER_WORDS } from '@huike/shared/pack-words'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { Choices } from '../choices.js'
import { dateTime, money } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { usePages } from '../use-query.js'
import { Findings } from './findings.js'
import { NewPackDialog } from './new-pack.js'
import { PackRow } from './pack-row.js'
import { packStrings as words } from './strings.js'
import './packs.css'

const SECTIONS = ['packs', 'orders', 'findings'] as const
const packsOf = (page: PackTemplatesPage) => page.packs
const ordersOf = (page: ConsolePackOrdersPage) => page.orders

/** Coupon packs: what is sold, every order, and what does not agree with WeChat Pay. */
export default function PacksPage() {
  const { may } = useSession()
  const [section, setSection] = useState<(typeof SECTIONS)[number]>('packs')
  const [isNew, setIsNew] = useState(false)
  const [created, setCreated] = useState<PackTemplateView | null>(null)
  const list = usePages('/packs/templates', packsOf)
  return (
    <PageFrame
      title={words.title}
      note={words.note}
      actions={
        may('packs.manage') && (
          <Button
            type="primary"
            onClick={() => {
              setIsNew(true)
            }}
          >
            {words.create}
          </Button>
        )
      }
    >
      {created !== null && (
        <Alert type="success" role="status" showIcon title={words.created(created.terms.title)} />
      )}
      <Choices
        label={words.choose}
        choices={SECTIONS}
        chosen={section}
        wordsOf={(one) => words.sections[one]}
        onChoose={setSection}
      />
      {section === 'packs' && (
        <section aria-label={words.sections.packs}>
          <ul className="rows">
            {list.items?.map((pack) => (
              <PackRow
                key={pack.id}
                pack={pack}
                onChanged={(changed) => {
                  list.change((items) => items.map((one) => (one.id === pack.id ? changed : one)))
                }}
              />
            ))}
          </ul>
          <PagesEnd list={list} empty={words.empty} skeletonRows={4} />
        </section>
      )}
      {section === 'orders' && <Orders />}
      {section === 'findings' && <Findings />}
      {isNew && (
        <NewPackDialog
          onDone={(pack) => {
            setIsNew(false)
            setCreated(pack)
            setSection('packs')
            list.change((items) => [pack, ...items])
          }}
          onCancel={() => {
            setIsNew(false)
          }}
        />
      )}
    </PageFrame>
  )
}

function Orders() {
  const list = usePages('/packs/orders', ordersOf)
  return (
    <section aria-label={words.sections.orders}>
      <ul className="rows">
        {list.items?.map((order) => (
          <li key={order.orderId} className="row pack-row">
            <span className="pack-head">
              <strong>{order.title}</strong>
              <span className="pack-price">{money(order.totalFen)}</span>
              <span>{PACK_ORDER_WORDS[order.state]}</span>
              {order.refundedFen > 0 && (
                <span>{words.order.refunded(money(order.refundedFen))}</span>
              )}
            </span>
            <span className="pack-number">{order.orderNo}</span>
            <span className="note">
              {words.order.placed(dateTime(order.createdAtMs))}
              {order.paidAtMs !== null && ` · ${words.order.paid(dateTime(order.paidAtMs))}`}
            </span>
            <a
              aria-label={words.order.memberOf(order.orderNo)}
              href={hrefOf(`/members/${order.memberId}`)}
            >
              {words.order.member}
            </a>
          </li>
        ))}
      </ul>
      <PagesEnd list={list} empty={words.emptyOrders} skeletonRows={6} />
    </section>
  )
}
