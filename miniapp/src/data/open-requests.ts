import type { RequestId } from '@huike/shared/ids'
import type { Keeper } from './keeper.js'
import { newId } from './new-id.js'

// The ids of requests that move money, kept on the phone from before they are sent until their answer
// is known: asked again after a lost reply, also by a program that was closed meanwhile, it is the
// same request, and the server does it once.

const OPEN_MAX = 50

interface OpenRequest {
  readonly key: string
  readonly requestId: string
}

export interface OpenRequests {
  /** The id of the request about `key`: the open one, or a new one. */
  idFor(key: string): RequestId
  /** Its answer is known. */
  settle(key: string): void
  reset(): void
}

/** Keeps them over restarts. */
export function createOpenRequests(ports: {
  readonly keeper: Keeper
  readonly nowMs: () => number
  readonly chance: () => number
}): OpenRequests {
  const { keeper, nowMs, chance } = ports
  let open = keeper.read<readonly OpenRequest[]>('pack-requests') ?? []
  const keep = (next: readonly OpenRequest[]) => {
    open = next
    keeper.write('pack-requests', open)
  }
  return {
    idFor(key) {
      const known = open.find((one) => one.key === key)
      const requestId = known?.requestId ?? newId(nowMs(), chance)
      if (!known) keep([...open, { key, requestId }].slice(-OPEN_MAX))
      return requestId as RequestId
    },
    settle(key) {
      keep(open.filter((one) => one.key !== key))
    },
    reset() {
      open = []
    },
  }
}
