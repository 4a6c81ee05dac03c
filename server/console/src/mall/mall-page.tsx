import type { ConsoleMallItem, ConsoleMallPage } from '@huike/shared/contracts/console-mall'
import { Alert, Button } from 'antd'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { hrefOf, usePlace } from '../router.js'
import { useSession } from '../session.js'
import { usePages } from '../use-query.js'
import { MallRow } from './mall-row.js'
import { mallStrings as words } from './strings.js'
import '../coupons/coupons.css'
import './mall.css'

const itemsOf = (page: ConsoleMallPage): readonly ConsoleMallItem[] => page.items

/** What is in the points mall: how much of each is gone, and how many wait to be fetched. */
export default function MallPage() {
  const { may } = useSession()
  const saved = usePlace().query.get('saved')
  const list = usePages('/mall/items', itemsOf)
  const savedItem = list.items?.find(({ id }) => id === saved)
  return (
    <PageFrame
      title={words.title}
      note={words.note}
      actions={
        may('mall.manage') && (
          <Button type="primary" href={hrefOf('/mall/new')}>
            {words.create}
          </Button>
        )
      }
    >
      {savedItem !== undefined && (
        <Alert type="success" role="status" showIcon title={words.saved(savedItem.terms.name)} />
      )}
      <section aria-label={words.title}>
        <ul className="rows">
          {list.items?.map((item) => (
            <MallRow
              key={item.id}
              item={item}
              nowMs={Date.now()}
              onChanged={(changed) => {
                list.change((items) => items.map((one) => (one.id === item.id ? changed : one)))
              }}
            />
          ))}
        </ul>
        <PagesEnd list={list} empty={words.empty} skeletonRows={4} />
      </section>
    </PageFrame>
  )
}
