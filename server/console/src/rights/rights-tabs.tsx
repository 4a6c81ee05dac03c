import { hrefOf, usePlace } from '../router.js'
import { useSession } from '../session.js'
import { rightsStrings as words } from './strings.js'

export const CONSENTS_PATH = '/rights'
export const DELETIONS_PATH = '/rights/deletions'
export const RETENTION_PATH = '/rights/retention'

/** The way from one of these pages to the others. */
export function RightsTabs() {
  const { path } = usePlace()
  const { may } = useSession()
  const tabs = [
    { to: CONSENTS_PATH, words: words.consents, isThere: may('consents.view') },
    { to: DELETIONS_PATH, words: words.deletions, isThere: may('consents.view') },
    { to: RETENTION_PATH, words: words.retention, isThere: may('settings.view') },
  ]
  return (
    <nav className="rights-tabs" aria-label={words.tabs}>
      {tabs
        .filter(({ isThere }) => isThere)
        .map((tab) => (
          <a key={tab.to} href={hrefOf(tab.to)} aria-current={tab.to === path ? 'page' : undefined}>
            {tab.words}
          </a>
        ))}
    </nav>
  )
}
