import { Button } from 'antd'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { Icon } from './icons.js'
import { hrefOf } from './router.js'
import { ACCOUNT_PATH, ENTRIES, isWithin, type Entry } from './routes.js'
import { useSession } from './session.js'
import { strings } from './strings.js'

/** Up to this width the navigation is a bar at the bottom, where a thumb is. */
const NARROW = '(max-width: 768px)'
/** More entries than this do not fit into the bar: the rest is behind its last place. */
const BAR_ENTRIES_MAX = 5

/** The way to every page this person may see. */
export function Navigation({ path }: { path: string }) {
  const { may, lacksFactor } = useSession()
  const entries = ENTRIES.filter(({ needs }) => !lacksFactor && may(needs))
  const isNarrow = useSyncExternalStore(subscribe, () => window.matchMedia(NARROW).matches)
  return isNarrow ? <Bar entries={entries} path={path} /> : <Side entries={entries} path={path} />
}

interface Props {
  entries: readonly Entry[]
  path: string
}

function Side({ entries, path }: Props) {
  return (
    <div className="side">
      <p className="side-brand">
        <strong className="brand">{strings.brand}</strong> {strings.product}
      </p>
      <nav className="side-nav" aria-label={strings.nav.label}>
        {entries.map((entry) => (
          <Link key={entry.path} entry={entry} path={path} />
        ))}
      </nav>
      <Person />
    </div>
  )
}

function Bar({ entries, path }: Props) {
  const sheet = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    sheet.current?.close()
  }, [path])
  const fits = entries.length < BAR_ENTRIES_MAX
  const first = fits ? entries : entries.slice(0, BAR_ENTRIES_MAX - 1)
  const rest = fits ? [] : entries.slice(BAR_ENTRIES_MAX - 1)
  const isInRest = rest.some((entry) => isWithin(entry, path))
  return (
    <>
      <nav className="bar" aria-label={strings.nav.label}>
        {first.map((entry) => (
          <Link key={entry.path} entry={entry} path={path} />
        ))}
        <button
          type="button"
          className={isInRest ? 'is-current' : undefined}
          aria-haspopup="dialog"
          onClick={() => sheet.current?.showModal()}
        >
          <Icon name="more" />
          {strings.nav.more}
        </button>
      </nav>
      <dialog
        ref={sheet}
        className="sheet"
        aria-label={strings.nav.more}
        onClick={(event) => {
          // Beside the sheet is the dialog itself.
          if (event.target === event.currentTarget) event.currentTarget.close()
        }}
      >
        <div className="sheet-inside">
          {rest.length > 0 && (
            <nav className="side-nav" aria-label={strings.nav.more}>
              {rest.map((entry) => (
                <Link key={entry.path} entry={entry} path={path} />
              ))}
            </nav>
          )}
          <Person />
          <Button block onClick={() => sheet.current?.close()}>
            {strings.nav.close}
          </Button>
        </div>
      </dialog>
    </>
  )
}

function Link({ entry, path }: { entry: Entry; path: string }) {
  return (
    <a href={hrefOf(entry.path)} aria-current={isWithin(entry, path) ? 'page' : undefined}>
      <Icon name={entry.icon} />
      {entry.words}
    </a>
  )
}

/** Who sits here, and the way out. */
function Person() {
  const { staff, signOut } = useSession()
  return (
    <div className="person">
      <div>
        <strong>{staff.name}</strong>
        <span className="note">{strings.role(staff.role)}</span>
        <a href={hrefOf(ACCOUNT_PATH)}>{strings.nav.account}</a>
      </div>
      <Button type="text" onClick={signOut}>
        {strings.nav.signOut}
      </Button>
    </div>
  )
}

function subscribe(listener: () => void): () => void {
  const query = window.matchMedia(NARROW)
  query.addEventListener('change', listener)
  return () => {
    query.removeEventListener('change', listener)
  }
}
