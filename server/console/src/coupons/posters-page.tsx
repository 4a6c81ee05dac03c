import type { CouponPosterView, PostersPage as Page } from '@huike/shared/contracts/coupon-posters'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { useStores } from '../members/use-stores.js'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { hrefOf } from '../router.js'
import { useSession } from '../session.js'
import { usePages } from '../use-query.js'
import { PosterDialog } from './poster-dialog.js'
import { PosterPicture } from './poster-picture.js'
import { PosterRow } from './poster-row.js'
import { posterStrings as words } from './poster-strings.js'
import './coupons.css'

const BACK = { href: hrefOf('/coupons'), words: words.back }
const postersOf = (page: Page) => page.posters

/** Posters with a code for everybody: what each did, its picture, a new one, and stopping one. */
export default function PostersPage() {
  const { may } = useSession()
  const list = usePages('/coupons/posters', postersOf)
  const stores = useStores()
  const [isNew, setIsNew] = useState(false)
  const [pictured, setPictured] = useState<CouponPosterView | null>(null)
  const [done, setDone] = useState<string | null>(null)
  const mayManage = may('coupons.manage')
  return (
    <PageFrame
      title={words.title}
      note={words.note}
      back={BACK}
      actions={
        mayManage && (
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
      {done !== null && <Alert type="success" role="status" showIcon title={done} />}
      <section aria-label={words.list}>
        <ul className="rows">
          {list.items?.map((poster) => (
            <PosterRow
              key={poster.id}
              {...{ poster, stores, mayManage }}
              onPicture={() => {
                setPictured(poster)
              }}
              onStopped={(stopped) => {
                setDone(words.stopDone(stopped.name))
                list.change((items) => items.map((one) => (one.id === stopped.id ? stopped : one)))
              }}
            />
          ))}
        </ul>
        <PagesEnd list={list} empty={words.empty} skeletonRows={4} />
      </section>
      {isNew && (
        <PosterDialog
          stores={stores}
          onDone={(poster) => {
            setIsNew(false)
            setDone(words.done(poster.name))
            setPictured(poster)
            list.change((items) => [poster, ...items.filter(({ id }) => id !== poster.id)])
          }}
          onCancel={() => {
            setIsNew(false)
          }}
        />
      )}
      {pictured !== null && (
        <PosterPicture
          poster={pictured}
          onClose={() => {
            setPictured(null)
          }}
        />
      )}
    </PageFrame>
  )
}
