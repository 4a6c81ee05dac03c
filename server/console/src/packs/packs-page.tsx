import type { PackTemplatesPage } from '@huike/shared/contracts/console-packs'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { Choices } from '../choices.js'
import { PageFrame } from '../page-frame.js'
import { PagesEnd } from '../pages-end.js'
import { useSession } from '../session.js'
import { usePages } from '../use-query.js'
import { Findings } from './findings.js'
import { Orders } from './orders.js'
import { PackDialog } from './pack-dialog.js'
import { PackRow } from './pack-row.js'
import { packStrings as words } from './strings.js'
import './packs.css'

const SECTIONS = ['packs', 'orders', 'findings'] as const
const packsOf = (page: PackTemplatesPage) => page.packs

/** Coupon packs: what is sold, every order, and what does not agree with WeChat Pay. */
export default function PacksPage() {
  const { may } = useSession()
  const [section, setSection] = useState<(typeof SECTIONS)[number]>('packs')
  const [isNew, setIsNew] = useState(false)
  const [done, setDone] = useState<string | null>(null)
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
      {done !== null && <Alert type="success" role="status" showIcon title={done} />}
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
                onChanged={(changed, how) => {
                  setDone(how)
                  list.change((items) => items.map((one) => (one.id === pack.id ? changed : one)))
                }}
              />
            ))}
          </ul>
          <PagesEnd list={list} empty={words.empty} skeletonRows={4} />
        </section>
      )}
      {section === 'orders' && <Orders onRefunded={setDone} />}
      {section === 'findings' && <Findings />}
      {isNew && (
        <PackDialog
          pack={null}
          onDone={(pack) => {
            setIsNew(false)
            setDone(words.created(pack.terms.title))
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
