import type {
  Exchange,
  ExchangeAnswer,
  ExchangeRequest,
  ExchangesPage,
  MallItemAnswer,
  MallShelf,
} from '@huike/shared/contracts/mall'
import { isPassing, type Result } from '../api/result.js'
import type { Keeper } from './keeper.js'
import { newId } from './new-id.js'
import type { PagedRemote } from './paged-remote.js'
import type { Remote } from './remote.js'

// The points mall. Points that are gone cannot be seen to have gone when the answer is lost, so the
// whole request, with its id, is on the phone before it is sent and until its answer is known. While
// it is open nothing else is asked for of that item: whoever asks again asks the very same, also
// after a restart and where the price changed meanwhile, and the server does it once.

/** How long is waited before a lost answer is asked for again, each time; then the person decides. */
const CHECK_WAITS_MS = [1_000, 3_000] as const
const OPEN_MAX = 50

/** What somebody wants, at the price they saw. */
export type MallWish = Pick<ExchangeRequest, 'itemId' | 'quantity' | 'pricePoints'>

export interface Mall {
  readonly shelf: Remote<MallShelf>
  readonly exchanges: PagedRemote<ExchangesPage>
  /** A watcher of one item; make one per page. */
  item(itemId: string): Remote<MallItemAnswer>
  /** A watcher of one exchange; make one per page. */
  exchange(exchangeId: string): Remote<Exchange>
  /** Requests that may have arrived and whose answers never came; at most one of an item. */
  open(): readonly ExchangeRequest[]
  /**
   * Exchanges points for so many of an item, once however often it is asked. Where a request about it
   * is open, that one is asked for again instead. `onUnsure` is called before a lost answer is asked
   * for again.
   */
  take(wish: MallWish, onUnsure: () => void): Promise<Result<Exchange>>
  /** Gives the points of what waits back, once however often it is asked. */
  cancel(exchangeId: string): Promise<Result<Exchange>>
  reset(): void
}

export interface MallPorts {
  readonly shelf: Remote<MallShelf>
  readonly exchanges: PagedRemote<ExchangesPage>
  readonly item: (itemId: string) => Remote<MallItemAnswer>
  readonly exchange: (exchangeId: string) => Remote<Exchange>
  /** Notes what is known of an exchange now. */
  readonly keep: (exchange: Exchange) => void
  readonly tellExchange: (request: ExchangeRequest) => Promise<Result<ExchangeAnswer>>
  readonly tellCancel: (exchangeId: string) => Promise<Result<ExchangeAnswer>>
  readonly keeper: Keeper
  readonly nowMs: () => number
  readonly chance: () => number
  readonly wait: (ms: number) => Promise<void>
}

/** Exchanges points. */
export function createMall(ports: MallPorts): Mall {
  const { shelf, exchanges, keeper, wait } = ports
  let open = keeper.read<readonly ExchangeRequest[]>('mall-requests') ?? []
  let running = new Map<string, Promise<Result<Exchange>>>()

  function keepOpen(next: readonly ExchangeRequest[]): void {
    open = next
    keeper.write('mall-requests', open)
  }

  function begin({ itemId, quantity, pricePoints }: MallWish): ExchangeRequest {
    const requestId = newId(ports.nowMs(), ports.chance) as ExchangeRequest['requestId']
    const request = { requestId, itemId, quantity, pricePoints }
    keepOpen([...open, request].slice(-OPEN_MAX))
    return request
  }

  async function send(request: ExchangeRequest, onUnsure: () => void): Promise<Result<Exchange>> {
    let answer = await ports.tellExchange(request)
    for (const waitMs of CHECK_WAITS_MS) {
      // Where somebody else signed in meanwhile, it is no longer among theirs.
      if (answer.ok || !isPassing(answer) || !open.includes(request)) break
      onUnsure()
      await wait(waitMs)
      if (open.includes(request)) answer = await ports.tellExchange(request)
    }
    if (!open.includes(request)) return exchangeOf(answer)
    if (answer.ok || !isPassing(answer)) keepOpen(open.filter((one) => one !== request))
    return noted(answer)
  }

  /** What came of it is there without a network from now on; the lists follow. */
  function noted(answer: Result<ExchangeAnswer>): Result<Exchange> {
    if (answer.ok) {
      ports.keep(answer.value.exchange)
      void exchanges.refresh()
    }
    return exchangeOf(answer)
  }

  return {
    ...{ shelf, exchanges },
    open: () => open,
    item: ports.item,
    exchange: ports.exchange,
    async take(wish, onUnsure) {
      const { itemId } = wish
      const before = running.get(itemId)
      if (before) return before
      const asked = send(open.find((one) => one.itemId === itemId) ?? begin(wish), onUnsure)
      running.set(itemId, asked)
      const result = await asked
      if (running.get(itemId) === asked) running.delete(itemId)
      return result
    },
    cancel: async (exchangeId) => noted(await ports.tellCancel(exchangeId)),
    reset() {
      open = []
      running = new Map()
      shelf.reset()
      exchanges.reset()
    },
  }
}

/** The exchange of an answer. */
export function exchangeOf(answer: Result<ExchangeAnswer>): Result<Exchange> {
  return answer.ok ? { ok: true, value: answer.value.exchange } : answer
}
