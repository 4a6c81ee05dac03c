import { Worker } from 'node:worker_threads'
import { StorageFullError } from './context.js'
import type { StoreCore, StoreOptions } from './core.js'

// The store as the agent's main thread sees it: the same methods, each a promise, carried out one
// after another in the store's own thread.

const PARTS = [
  'captures',
  'receipts',
  'tillReceipts',
  'outbox',
  'members',
  'holds',
  'keptRefunds',
  'reservations',
  'offline',
  'upkeep',
] as const
type Part = (typeof PARTS)[number]

type Promised<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : never
}

/** Every method of every part, as a promise. A full disk rejects with StorageFullError. */
export type Store = { readonly [P in Part]: Promised<StoreCore[P]> } & {
  /** Closes the database; calls under way finish first. */
  close(): Promise<void>
}

export interface StoreCall {
  id: number
  part: Part
  method: string
  args: unknown[]
}

interface StoreAnswer {
  id: number
  value?: unknown
  error?: { name: string; message: string; stack: string | undefined }
}

const START_TIMEOUT_MS = 60_000

/** Opens the store in a worker thread. `onFatal` hears of the thread's unexpected end. */
export async function openStore(
  options: StoreOptions,
  settings: { crashAt: string | null; onFatal: (error: Error) => void },
): Promise<Store> {
  const worker = new Worker(new URL('./store.worker.js', import.meta.url), {
    workerData: { options, crashAt: settings.crashAt },
  })
  const waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >()
  let isClosing = false
  const end = (error: Error): void => {
    for (const call of waiting.values()) call.reject(error)
    waiting.clear()
    if (!isClosing) settings.onFatal(error)
  }
  await started(worker)
  worker.on('message', (answer: StoreAnswer) => {
    const call = waiting.get(answer.id)
    waiting.delete(answer.id)
    if (answer.error) call?.reject(thrown(answer.error))
    else call?.resolve(answer.value)
  })
  worker.on('error', end)
  worker.on('exit', (code) => {
    end(new Error(`the store's thread ended with ${String(code)}`))
  })
  let lastId = 0
  const call = (part: Part, method: string, args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (isClosing) {
        reject(new Error('the store is closed'))
        return
      }
      const message: StoreCall = { id: (lastId += 1), part, method, args }
      waiting.set(message.id, { resolve, reject })
      worker.postMessage(message)
    })
  const close = (): Promise<void> => {
    isClosing = true
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    worker.postMessage('close')
    return ended
  }
  return storeOf(call, close)
}

/** The same interface on a store in this very thread, for tests. */
export function inProcessStore(core: StoreCore): Store {
  let id = 0
  const call = async (part: Part, method: string, args: unknown[]): Promise<unknown> => {
    await Promise.resolve()
    const answer = runCall(core, { id: (id += 1), part, method, args })
    if (answer.error) throw thrown(answer.error)
    return answer.value
  }
  return storeOf(call, async () => {
    await Promise.resolve()
    core.close()
  })
}

/** Carries out one call; errors become part of the answer. */
export function runCall(core: StoreCore, call: StoreCall): StoreAnswer {
  try {
    const part = core[call.part] as unknown as Record<string, (...args: unknown[]) => unknown>
    const method = part[call.method]
    if (typeof method !== 'function') throw new Error(`no ${call.part}.${call.method}`)
    return { id: call.id, value: method.apply(part, call.args) }
  } catch (error) {
    const { name, message, stack } = error as Error
    return { id: call.id, error: { name, message, stack } }
  }
}

function storeOf(
  call: (part: Part, method: string, args: unknown[]) => Promise<unknown>,
  close: () => Promise<void>,
): Store {
  const partOf = (part: Part): object =>
    new Proxy(
      {},
      {
        get: (_target, method) =>
          typeof method === 'string' && method !== 'then'
            ? (...args: unknown[]): Promise<unknown> => call(part, method, args)
            : undefined,
      },
    )
  const parts = Object.fromEntries(PARTS.map((part) => [part, partOf(part)]))
  return { ...parts, close } as unknown as Store
}

function started(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error('the store did not start in time'))
    }, START_TIMEOUT_MS)
    worker.once('message', () => {
      clearTimeout(timer)
      resolve()
    })
    worker.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
  })
}

function thrown(error: { name: string; message: string; stack: string | undefined }): Error {
  const made: Error =
    error.name === 'StorageFullError'
      ? new StorageFullError(error.message)
      : new Error(error.message)
  if (made.name !== error.name) made.name = error.name
  if (error.stack !== undefined) made.stack = error.stack
  return made
}
