import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { RequestRefused } from './problem.js'

// Who may use the cashier's API: the page that this agent served, in this run. Another web page on
// the same machine must not be able to, not even by pointing its own name at 127.0.0.1.

const COOKIE = 'huike_till'
const TOKEN_BYTES = 32
/** Only a page of the same origin can set it without asking first. */
const PAGE_HEADER = 'x-huike-cashier'

export class Session {
  private readonly token = randomBytes(TOKEN_BYTES).toString('base64url')

  /** Goes with the page: not readable by scripts, not sent from other sites. */
  cookie(): string {
    return `${COOKIE}=${this.token}; Path=/; HttpOnly; SameSite=Strict`
  }

  /** Refuses a request whose Host or Origin is not this server: DNS rebinding, other sites. */
  checkOrigin(request: IncomingMessage): void {
    const host = request.headers.host ?? ''
    const port = request.socket.localPort ?? 0
    const names = ['127.0.0.1', 'localhost'].map((name) =>
      port === 80 ? name : `${name}:${String(port)}`,
    )
    if (!names.includes(host)) throw new RequestRefused('forbidden')
    const { origin } = request.headers
    if (origin !== undefined && origin !== `http://${host}`) throw new RequestRefused('forbidden')
  }

  /** Refuses a call that does not come from our page. */
  checkCall(request: IncomingMessage, needsHeader: boolean): void {
    const site = request.headers['sec-fetch-site']
    if (site !== undefined && site !== 'same-origin') throw new RequestRefused('forbidden')
    if (!this.holds(request.headers.cookie ?? '')) throw new RequestRefused('token_missing')
    if (needsHeader && request.headers[PAGE_HEADER] !== '1') throw new RequestRefused('forbidden')
  }

  private holds(cookies: string): boolean {
    const given = new RegExp(`(?:^|;\\s*)${COOKIE}=([A-Za-z0-9_-]+)`).exec(cookies)?.[1] ?? ''
    const [a, b] = [Buffer.from(given), Buffer.from(this.token)]
    return a.length === b.length && timingSafeEqual(a, b)
  }
}
