import type { TillReceipt } from '@huike/shared/contracts/cashier'
import type { Answer, CashierApi } from './api.js'
import { SETTLE_MS } from './codes.js'
import { initialState, type Action, type CashierState, type Command } from './model.js'
import { reduce } from './reducer.js'

// The page's engine: holds the state, carries out the reducer's commands and keeps the line to the
// agent. A dead agent is noticed within WATCH_EVERY_MS and the 3 s a state may take, below the 10 s
// the till promises.

/** How often the agent is asked for its state, whatever the live stream says. */
const WATCH_EVERY_MS = 3_000
/** A page whose session died is opened again, but not over and over. */
const RELOAD_EVERY_MS_MIN = 30_000
const RELOADED_AT = 'huike-reloaded-at'

export interface Runtime {
  state(): CashierState
  subscribe(listener: () => void): () => void
  dispatch(action: Action): void
  /** Starts the line to the agent; the returned function ends it. */
  start(): () => void
}

/** Makes the engine over an API. */
export function createRuntime(api: CashierApi): Runtime {
  let state = initialState
  const listeners = new Set<() => void>()
  const dispatch = (action: Action) => {
    const [next, commands] = reduce(state, action)
    if (next !== state) {
      state = next
      for (const listener of listeners) listener()
    }
    for (const command of commands) void run(api, command, dispatch)
  }
  return {
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    dispatch,
    start: () => watch(api, dispatch),
  }
}

async function run(
  api: CashierApi,
  command: Command,
  dispatch: (action: Action) => void,
): Promise<void> {
  switch (command.do) {
    case 'wait_for_silence':
      setTimeout(() => {
        dispatch({ type: 'silence', atMs: performance.now() })
      }, SETTLE_MS)
      return
    case 'lookup': {
      const { seq } = command
      const answer = heard(await api.lookup(command.input))
      if (answer.ok)
        dispatch({ type: 'lookup_answered', seq, answer: answer.value, atMs: performance.now() })
      else dispatch({ type: 'lookup_failed', seq, sentence: answer.sentence })
      return
    }
    case 'register': {
      const { seq, phone, policyVersion, textSha256 } = command
      const answer = heard(await api.register({ phone, policyVersion, textSha256 }))
      if (answer.ok) dispatch({ type: 'registered', seq, answer: answer.value })
      else dispatch({ type: 'register_failed', seq, sentence: answer.sentence })
      return
    }
    case 'assign': {
      const { receiptId, memberId } = command
      const answer = heard(await api.assign(receiptId, memberId))
      if (answer.ok) dispatch({ type: 'assigned', receipt: answer.value.receipt })
      else dispatch({ type: 'receipt_failed', receiptId, sentence: answer.sentence })
      return
    }
    case 'confirm': {
      const { receiptId, body, memberId } = command
      const answer = heard(await api.confirm(receiptId, body))
      const { decision } = body
      if (answer.ok)
        dispatch({ type: 'confirmed', receipt: answer.value.receipt, decision, memberId })
      else dispatch({ type: 'receipt_failed', receiptId, sentence: answer.sentence })
    }
  }
}

function watch(api: CashierApi, dispatch: (action: Action) => void): () => void {
  let closeLive: (() => void) | null = null
  /** True while pushes may have been missed. */
  let behind = true
  let asking = false
  const takeReceipts = (receipts: readonly TillReceipt[]) => {
    dispatch({ type: 'receipts', receipts, atMs: performance.now() })
  }
  const open = () =>
    api.live({
      state: (till) => {
        dispatch({ type: 'till', till })
      },
      receipts: takeReceipts,
      member: (member) => {
        dispatch({ type: 'member', member })
      },
      broken: (closed) => {
        behind = true
        if (closed) {
          closeLive?.()
          closeLive = null
        }
        void ask()
      },
    })
  const ask = async () => {
    if (asking) return
    asking = true
    const till = heard(await api.state())
    if (till.ok) {
      closeLive ??= open()
      dispatch({ type: 'till', till: till.value })
      const receipts = behind ? await api.receipts() : null
      if (receipts?.ok) {
        behind = false
        takeReceipts(receipts.value.receipts)
      }
    } else behind = true
    dispatch({ type: 'link', link: till.ok ? 'live' : 'gone' })
    asking = false
  }
  void ask()
  const timer = setInterval(() => void ask(), WATCH_EVERY_MS)
  return () => {
    clearInterval(timer)
    closeLive?.()
  }
}

/** An answer that says the session died (the agent was restarted) opens the page again. */
function heard<T>(answer: Answer<T>): Answer<T> {
  if (answer.ok || !isSessionDead(answer)) return answer
  const reloadedAtMs = Number(sessionStorage.getItem(RELOADED_AT) ?? 0)
  if (Date.now() - reloadedAtMs > RELOAD_EVERY_MS_MIN) {
    sessionStorage.setItem(RELOADED_AT, String(Date.now()))
    location.reload()
  }
  return answer
}

function isSessionDead({ code }: Extract<Answer<unknown>, { ok: false }>): boolean {
  return code === 'token_missing' || code === 'token_invalid' || code === 'token_expired'
}
