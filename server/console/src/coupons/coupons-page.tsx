import type {
  CouponStory,
  CouponTemplateView,
  TemplatesPage,
} from '@huike/shared/contracts/console-coupons'
import { Alert, Button } from 'antd'
import { useRef, useState } from 'react'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { hrefOf, usePlace } from '../router.js'
import { useSession } from '../session.js'
import { usePages } from '../use-query.js'
import { CouponSearch } from './coupon-search.js'
import { CouponStoryTile } from './coupon-story.js'
import { GiveCouponDialog } from './give-coupon.js'
import { posterStrings } from './poster-strings.js'
import { ruleStrings } from './rule-strings.js'
import { couponStrings as words, giveStrings } from './strings.js'
import { TemplateRow } from './template-row.js'
import './coupons.css'

const templatesOf = (page: TemplatesPage) => page.templates

/** Every kind of coupon, newest first; giving one, and what became of one. */
export default function CouponsPage() {
  const { may } = useSession()
  const list = usePages('/coupons/templates', templatesOf)
  const saved = usePlace().query.get('saved')
  const [giving, setGiving] = useState<CouponTemplateView | null>(null)
  const [given, setGiven] = useState<CouponStory | null>(null)
  // A gift whose answer was lost is the same gift when it is tried again, also in another dialog.
  const requestIds = useRef(new Map<string, string>())
  const savedTemplate = list.items?.find(({ id }) => id === saved)
  return (
    <PageFrame
      title={words.title}
      note={words.note}
      actions={
        <>
          <Button href={hrefOf('/coupons/posters')}>{posterStrings.open}</Button>
          <Button href={hrefOf('/coupons/rules')}>{ruleStrings.open}</Button>
          {may('coupons.manage') && (
            <Button type="primary" href={hrefOf('/coupons/new')}>
              {words.create}
            </Button>
          )}
        </>
      }
    >
      {savedTemplate !== undefined && given === null && (
        <Alert
          type="success"
          role="status"
          showIcon
          title={(savedTemplate.version === 1 ? words.created : words.saved)(
            savedTemplate.terms.name,
          )}
        />
      )}
      {given !== null && (
        <>
          <Alert type="success" role="status" showIcon title={giveStrings.done(given.code)} />
          <CouponStoryTile
            story={given}
            onClose={() => {
              setGiven(null)
            }}
          />
        </>
      )}
      <CouponSearch />
      <section aria-label={words.list}>
        <ul className="rows">
          {list.items?.map((template) => (
            <TemplateRow
              key={template.id}
              template={template}
              nowMs={Date.now()}
              onGive={
                may('coupons.give')
                  ? () => {
                      setGiving(template)
                    }
                  : null
              }
            />
          ))}
        </ul>
        <PagesEnd list={list} empty={words.empty} skeletonRows={6} />
      </section>
      {giving !== null && (
        <GiveCouponDialog
          template={giving}
          requestIds={requestIds.current}
          onDone={(story) => {
            setGiving(null)
            setGiven(story)
            window.scrollTo({ top: 0 })
            list.change((items) =>
              items.map((one) => (one.id === giving.id ? { ...one, issued: one.issued + 1 } : one)),
            )
          }}
          onCancel={() => {
            setGiving(null)
          }}
        />
      )}
    </PageFrame>
  )
}
