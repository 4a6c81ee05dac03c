// The page's session. It lives as long as the agent's process: a restarted agent knows no session
// of before, and gives a new one with the page. So the page is fetched anew, in the background; what
// the cashier has typed stays. Only where the agent brought another page is it opened again, and
// never onto an agent that does not answer: a browser's error page would not come back by itself.

/** A page is opened again at most this often: two agents of different versions must not flicker. */
const RELOAD_EVERY_MS_MIN = 30_000
const RELOADED_AT = 'huike-reloaded-at'
const PAGE_MS_MAX = 3_000

let renewing: Promise<boolean> | null = null

/** Gets a session from the agent as it runs now; false when it gave none. One try at a time. */
export function renewSession(): Promise<boolean> {
  renewing ??= fetchPage().finally(() => {
    renewing = null
  })
  return renewing
}

async function fetchPage(): Promise<boolean> {
  const abort = new AbortController()
  const timer = setTimeout(() => {
    abort.abort()
  }, PAGE_MS_MAX)
  try {
    const response = await fetch('./', { cache: 'no-store', signal: abort.signal })
    const html = await response.text()
    if (!response.ok) return false
    const program = programOf(new DOMParser().parseFromString(html, 'text/html'))
    if (program !== null && program !== programOf(document)) reload()
    return true
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}

/** The file the page's program comes from; its name changes with its content. */
function programOf(page: Document): string | null {
  return page.querySelector('script[type=module]')?.getAttribute('src') ?? null
}

function reload(): void {
  const reloadedAtMs = Number(sessionStorage.getItem(RELOADED_AT) ?? 0)
  if (Date.now() - reloadedAtMs < RELOAD_EVERY_MS_MIN) return
  sessionStorage.setItem(RELOADED_AT, String(Date.now()))
  location.reload()
}
