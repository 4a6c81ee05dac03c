import type {
  ConsolePackOrdersPage,
  ConsolePackOrderWhole,
} from '@huike/shared/contracts/console-packs'
import { PACK_ORDER_WORDS } from '@huike/shared/pack-words'
import { Button } from 'antd'
import { useState } from 'react'
import { dateTime, money } from '../format.js'
import { PagesEnd } from '../pages-end.js'
import { hrefOf } from '../router.js'
import { usePages } from '../use-query.js'
import { OrderDialog } from './order-dialog.js'
import { packStrings as words } from './strings.js'

const ordersOf = (page: ConsolePackOrdersPage) => page.orders

type OrderLine = ConsolePackOrdersPage['orders'][number]

/** Every order, the newest first; one is opened to see its coupons and to give money back. */
export function Orders({ onRefunded }: { onRefunded: (how: string) => void }) {
  const list = usePages('/packs/orders', ordersOf)
  const [opened, setOpened] = useState<string | null>(null)
  const put = (order: ConsolePackOrderWhole) => {
    list.change((items) => items.map((one) => (one.orderId === order.orderId ? order : one)))
  }
  return (
    <section aria-label={words.sections.orders}>
      <ul className="rows">
        {list.items?.map((order) => (
          <OrderRow
            key={order.orderId}
            order={order}
            onOpen={() => {
              setOpened(order.orderId)
            }}
          />
        ))}
      </ul>
      <PagesEnd list={list} empty={words.emptyOrders} skeletonRows={6} />
      {opened !== null && (
        <OrderDialog
          orderId={opened}
          onRefunded={(order, how) => {
            setOpened(null)
            put(order)
            onRefunded(how)
          }}
          onClose={() => {
            setOpened(null)
          }}
        />
      )}
    </section>
  )
}

function OrderRow({ order, onOpen }: { order: OrderLine; onOpen: () => void }) {
  const { orderNo, title, totalFen, refundedFen, state, createdAtMs, paidAtMs, memberId } = order
  return (
    <li className="row pack-row">
      <span className="pack-head">
        <strong>{title}</strong>
        <span className="pack-price">{money(totalFen)}</span>
        <span>{PACK_ORDER_WORDS[state]}</span>
        {refundedFen > 0 && <span>{words.order.refunded(money(refundedFen))}</span>}
      </span>
      <span className="pack-number">{orderNo}</span>
      <span className="note">
        {words.order.placed(dateTime(createdAtMs))}
        {paidAtMs !== null && ` · ${words.order.paid(dateTime(paidAtMs))}`}
      </span>
      <div className="page-actions">
        {paidAtMs !== null && (
          <Button aria-label={words.order.openOf(orderNo)} onClick={onOpen}>
            {words.order.open}
          </Button>
        )}
        <a aria-label={words.order.memberOf(orderNo)} href={hrefOf(`/members/${memberId}`)}>
          {words.order.member}
        </a>
      </div>
    </li>
  )
}
