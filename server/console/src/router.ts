import { useSyncExternalStore } from 'react'

// Which page it is. The address after # names it, so that one file is served for all pages, a
// reload stays where it was, and the way back works.

/** The path after #, such as `/members/01JX…`, and its query. */
export interface Place {
  path: string
  query: URLSearchParams
}

/** Where this tab is; the component is drawn again when that changes. */
export function usePlace(): Place {
  return placeOf(useSyncExternalStore(subscribe, () => window.location.hash))
}

/** What a link to a page says: `hrefOf('/members')` is `#/members`. */
export function hrefOf(path: string): string {
  return `#${path}`
}

/** Goes to a page, as a link would. */
export function go(path: string): void {
  window.location.hash = path
}

/** Names the same page anew, such as after a filter changed: the way back does not stop there. */
export function replacePlace(path: string): void {
  window.history.replaceState(null, '', hrefOf(path))
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}

/** What the `:names` of a pattern stand for in a path; null when it is another page's. */
export function matchPath(pattern: string, path: string): Record<string, string> | null {
  const [wanted, given] = [pattern.split('/'), path.split('/')]
  if (wanted.length !== given.length) return null
  const found: Record<string, string> = {}
  for (const [index, word] of wanted.entries()) {
    const part = given[index] ?? ''
    if (word.startsWith(':') && part !== '') found[word.slice(1)] = decoded(part)
    else if (word !== part) return null
  }
  return found
}

/** Reads what stands after the #. */
export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2)
  return { path: path === '' ? '/' : path, query: new URLSearchParams(query) }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    // Typed by hand: as it stands.
    return part
  }
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  return () => {
    window.removeEventListener('hashchange', listener)
  }
}
