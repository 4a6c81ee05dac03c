import type { ConsoleStores } from '@huike/shared/contracts/console'
import { Button, Empty, Input } from 'antd'
import { useState } from 'react'
import { count } from '../format.js'
import { PageFrame } from '../page-frame.js'
import { useSession } from '../session.js'
import { Trouble } from '../trouble.js'
import { REFRESH_EVERY_MS, useQuery } from '../use-query.js'
import { EnrolDialog } from './enrol-dialog.js'
import { NewStoreDialog, RenameStoreDialog } from './store-dialogs.js'
import { StoreCard, type Store } from './store-card.js'
import { storesStrings as words } from './strings.js'

/** A chain may have thousands: the rest is shown when asked for, or found by its name. */
const STORES_SHOWN_MAX = 24

type Open =
  | { what: 'new' }
  | { what: 'rename'; store: Store }
  | { what: 'enrol'; store: Store; terminalCode: string | null }

/** The stores with their tills: how each is, and what one may do with it. */
export default function StoresPage() {
  const { may } = useSession()
  const query = useQuery<ConsoleStores>('/stores', { everyMs: REFRESH_EVERY_MS })
  const [open, setOpen] = useState<Open | null>(null)
  const stores = query.value?.stores ?? null
  const tills = stores?.reduce((sum, { terminals }) => sum + terminals.length, 0) ?? 0
  const close = () => {
    setOpen(null)
  }
  const changed = () => {
    close()
    query.refresh()
  }
  return (
    <PageFrame
      title={words.title}
      {...(stores === null ? {} : { note: words.note(count(stores.length), count(tills)) })}
      {...(may('stores.manage') && {
        actions: (
          <Button
            type="primary"
            onClick={() => {
              setOpen({ what: 'new' })
            }}
          >
            {words.create}
          </Button>
        ),
      })}
    >
      <Trouble query={query} />
      {stores !== null && (
        <List
          stores={stores}
          nowMs={query.readAtMs}
          onChanged={query.refresh}
          onOpen={(next) => {
            setOpen(next)
          }}
        />
      )}
      {open?.what === 'new' && <NewStoreDialog onDone={changed} onCancel={close} />}
      {open?.what === 'rename' && (
        <RenameStoreDialog store={open.store} onDone={changed} onCancel={close} />
      )}
      {open?.what === 'enrol' && (
        <EnrolDialog store={open.store} terminalCode={open.terminalCode} onClose={changed} />
      )}
    </PageFrame>
  )
}

interface ListProps {
  stores: readonly Store[]
  nowMs: number
  onChanged: () => void
  onOpen: (open: Open) => void
}

function List({ stores, nowMs, onChanged, onOpen }: ListProps) {
  const [search, setSearch] = useState('')
  const [isWhole, setIsWhole] = useState(false)
  const wanted = search.trim().toLowerCase()
  const found = stores.filter(({ name, code }) => `${name} ${code}`.toLowerCase().includes(wanted))
  const shown = isWhole ? found : found.slice(0, STORES_SHOWN_MAX)
  if (stores.length === 0)
    return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.empty} />
  return (
    <>
      {stores.length > STORES_SHOWN_MAX && (
        <Input
          allowClear
          aria-label={words.search}
          placeholder={words.search}
          value={search}
          onChange={(event) => {
            setSearch(event.target.value)
          }}
        />
      )}
      {found.length === 0 && (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.noneFound} />
      )}
      <div className="cards">
        {shown.map((store) => (
          <StoreCard
            key={store.id}
            store={store}
            nowMs={nowMs}
            onChanged={onChanged}
            onRename={() => {
              onOpen({ what: 'rename', store })
            }}
            onEnrol={(terminalCode) => {
              onOpen({ what: 'enrol', store, terminalCode })
            }}
          />
        ))}
      </div>
      {shown.length < found.length && (
        <Button
          block
          onClick={() => {
            setIsWhole(true)
          }}
        >
          {words.showAll(count(found.length))}
        </Button>
      )}
    </>
  )
}
