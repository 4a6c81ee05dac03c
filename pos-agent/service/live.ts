import type { ServerResponse } from 'node:http'

// What the page is told without asking: server-sent events. Slow pages are not waited for; they get
// the next state instead.

const PING_MS = 15_000
const RECONNECT_MS = 1_000
const PAGES_MAX = 10

export type LiveEvent = 'state' | 'receipts' | 'member' | 'other_member'

export class Live {
  private readonly pages = new Set<ServerResponse>()
  private readonly ping: NodeJS.Timeout

  constructor(private readonly onPages: (count: number) => void) {
    this.ping = setInterval(() => {
      for (const page of this.pages) page.write(': \n\n')
    }, PING_MS)
    this.ping.unref()
  }

  /** Adds a page; false when there are too many. */
  add(response: ServerResponse): boolean {
    if (this.pages.size >= PAGES_MAX) return false
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    response.write(`retry: ${String(RECONNECT_MS)}\n\n`)
    this.pages.add(response)
    this.onPages(this.pages.size)
    response.on('close', () => {
      this.pages.delete(response)
      this.onPages(this.pages.size)
    })
    return true
  }

  get count(): number {
    return this.pages.size
  }

  /** Tells every page. */
  send(event: LiveEvent, data: unknown): void {
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
    for (const page of this.pages) if (!page.writableNeedDrain) page.write(text)
  }

  close(): void {
    clearInterval(this.ping)
    for (const page of this.pages) page.end()
    this.pages.clear()
  }
}
