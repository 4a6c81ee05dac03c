import { createLogicLayer, type LogicLayer } from './logic-layer.js'
import { pageHtml } from './picture.js'
import {
  createViewLayer,
  dispatch,
  elements,
  findElement,
  textOf,
  type WeappElement,
} from './view-layer.js'
import type { PhoneSettings } from './wx.js'

// A phone with the compiled mini-program on it, for stories: tap what you can read, read what is
// there, pull, scroll, lose the network, close and open again.

const SETTLE_STEP_MS = 10
/** How long `until` waits for words to appear, on a machine that has much else to do. */
const PATIENCE_MS = 20_000

export interface Phone {
  readonly program: LogicLayer
  /** Everything a person can read on the page. */
  text(): string
  /** Waits until the page says `words`; throws with what it says instead. */
  until(words: string): Promise<void>
  /** Waits until something is so; throws with `what` should be when it never is. */
  wait(what: string, isSo: () => boolean): Promise<void>
  /** Waits until every request has its answer. */
  quiet(): Promise<void>
  /** Waits for an element that reads exactly `words` and taps it. Throws when it is dead. */
  tap(words: string): Promise<void>
  /** The same for an element whose screen reader label begins with `label`. */
  tapLabel(label: string): Promise<void>
  /** What WeChat's phone button reports: a code, or null when the person declines. */
  answerPhoneButton(code: string | null): Promise<void>
  /** Types into the field with this label. */
  type(label: string, words: string): Promise<void>
  /** Chooses a value on the wheel that opens when the element with this label is touched. */
  choose(label: string, value: string): Promise<void>
  pullDown(): void
  scrollToBottom(): void
  /** Labels that a screen reader speaks, in order. */
  labels(): string[]
  html(): string
  close(): void
}

type Wanted = (element: WeappElement) => boolean

const DEFAULT_SETTINGS = { theme: 'light', fontScale: 1, pixelRatio: 2 } as const

/** Opens the mini-program built into `dist`. Pass the same `storage` again to open it later. */
export function openPhone(options: {
  readonly dist: string
  readonly storage?: Map<string, unknown>
  readonly settings: Pick<PhoneSettings, 'serverOrigin' | 'loginCode'> & Partial<PhoneSettings>
}): Phone {
  const view = createViewLayer(options.dist)
  const settings = { ...DEFAULT_SETTINGS, ...options.settings }
  const program = createLogicLayer(options.dist, settings, options.storage ?? new Map())
  const tree = () => view.tree(program.page)
  const text = () => textOf(tree())

  async function seen(isThere: () => boolean): Promise<boolean> {
    const deadlineMs = Date.now() + PATIENCE_MS
    while (!isThere()) {
      if (Date.now() > deadlineMs) return false
      await new Promise((resolve) => setTimeout(resolve, SETTLE_STEP_MS))
    }
    return true
  }

  async function send(isWanted: Wanted, type: string, detail: object = {}): Promise<void> {
    await seen(() => [...elements(tree())].some(({ element }) => isWanted(element)))
    const handled = dispatch(program.page, findElement(tree(), isWanted), type, detail)
    if (handled === 0) throw new Error(`nothing is bound to ${type} there`)
  }

  program.launch()
  return {
    program,
    text,
    async until(words) {
      if (!(await seen(() => text().includes(words))))
        throw new Error(`never saw "${words}" but: ${text()}`)
    },
    async wait(what, isSo) {
      if (!(await seen(isSo))) throw new Error(`waited in vain: ${what}`)
    },
    async quiet() {
      if (!(await seen(() => program.requestsUnderWay === 0)))
        throw new Error('some request has no answer')
    },
    tap: (words) => send((element) => textOf(element) === words, 'tap'),
    tapLabel: (label) => send(({ attr }) => labelOf(attr).startsWith(label), 'tap'),
    answerPhoneButton(code) {
      const detail = code === null ? { errMsg: 'getPhoneNumber:fail user deny' } : { code }
      return send(({ attr }) => attr['openType'] === 'getPhoneNumber', 'getphonenumber', detail)
    },
    type: (label, value) => send(({ attr }) => labelOf(attr) === label, 'input', { value }),
    choose(label, value) {
      const holds = (element: WeappElement) =>
        [...elements(element)].some((inner) => labelOf(inner.element.attr).startsWith(label))
      return send((element) => element.tag === 'wx-picker' && holds(element), 'change', { value })
    },
    pullDown() {
      program.page.call('onPullDownRefresh')
    },
    scrollToBottom() {
      program.page.call('onReachBottom')
    },
    labels() {
      return [...elements(tree())]
        .map(({ element }) => labelOf(element.attr))
        .filter((label) => label !== '')
    },
    html: () => pageHtml(tree(), view.css(program.page.route)),
    close: program.close,
  }
}

/** wcc writes `aria-label` as `ariaLabel`. */
function labelOf(attr: WeappElement['attr']): string {
  const label = attr['ariaLabel'] ?? attr['aria-label']
  return typeof label === 'string' ? label : ''
}
