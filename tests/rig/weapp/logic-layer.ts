import { readFileSync } from 'node:fs'
import { dirname, join, posix, resolve } from 'node:path'
import vm from 'node:vm'
import { answer, createWx, type PhoneSettings, type WxCall, type WxOptions } from './wx.js'

// WeChat's logic layer: runs the compiled files of a mini-program in a context that holds only what
// WeChat's engine holds (no window, no document, no fetch, no process), keeps the page stack, and
// counts every byte that setData sends over the bridge.
// Not simulated: native components, permissions, differences between base library versions.

/** WeChat refuses an eleventh page. */
const STACK_PAGES_MAX = 10

interface AppJson {
  readonly pages: readonly string[]
  readonly tabBar?: { readonly list: readonly { readonly pagePath: string }[] }
  readonly subPackages?: readonly { readonly root: string; readonly pages: readonly string[] }[]
}

type Handler = (event: unknown) => void

/** A page as the mini-program's own code sees it. */
export interface WeappPage {
  readonly route: string
  readonly data: Record<string, unknown>
  /** Calls a function of the page by name, as WeChat does; false when there is none. */
  call(name: string, argument?: unknown): boolean
  /** What a function of the page answers to WeChat; undefined when there is none. */
  ask(name: string, argument?: unknown): unknown
}

export interface SetDataRecord {
  readonly route: string
  readonly bytes: number
}

export interface LogicLayer {
  readonly calls: readonly WxCall[]
  readonly setData: readonly SetDataRecord[]
  /** What was thrown inside the mini-program; a healthy journey leaves it empty. */
  readonly errors: readonly unknown[]
  readonly page: WeappPage
  readonly stackDepth: number
  /** Requests that have no answer yet. */
  readonly requestsUnderWay: number
  launch(): void
  /** What WeChat does when a tab is tapped. */
  switchTab(route: string): void
  back(): void
  setOnline(isOnline: boolean): void
  close(): void
}

/** Loads the mini-program in `dist`. `storage` outlives it, as a phone's storage does. */
export function createLogicLayer(
  dist: string,
  settings: PhoneSettings,
  storage: Map<string, unknown>,
): LogicLayer {
  const appJson = JSON.parse(readFileSync(join(dist, 'app.json'), 'utf8')) as AppJson
  const routes = [
    ...appJson.pages,
    ...(appJson.subPackages ?? []).flatMap(({ root, pages }) =>
      pages.map((page) => posix.join(root, page)),
    ),
  ]
  const calls: WxCall[] = []
  const setData: SetDataRecord[] = []
  const errors: unknown[] = []
  const stack: LivePage[] = []
  const tabRoutes = (appJson.tabBar?.list ?? []).map(({ pagePath }) => pagePath)
  const tabPages = new Map<string, LivePage>()
  const base = createWx(settings, storage)
  const timers = createTimers(errors)

  const wx = {
    ...base.wx,
    navigateTo: (options: WxOptions) => navigate(options, 'push'),
    redirectTo: (options: WxOptions) => navigate(options, 'replace'),
    switchTab: (options: WxOptions) => switchTab(String(options['url']), options),
    reLaunch: (options: WxOptions) => navigate(options, 'restart'),
    navigateBack: (options?: WxOptions) => {
      back()
      return answer(options, { errMsg: 'navigateBack:ok' })
    },
  }
  const program = createProgram(dist, noted(wx, calls), timers, () => stack)

  function open(route: string, query: Record<string, string>): void {
    const page = new LivePage(route, program.pageOptions(route), setData, errors)
    stack.push(page)
    if (tabRoutes.includes(route)) tabPages.set(route, page)
    page.call('onLoad', query)
    page.call('onShow')
    page.call('onReady')
  }

  function navigate(options: WxOptions, mode: 'push' | 'replace' | 'restart'): unknown {
    const [path = '', search = ''] = String(options['url']).replace(/^\//, '').split('?')
    if (!routes.includes(path))
      return answer(options, { errMsg: `navigateTo:fail page "${path}" is not found` }, true)
    if (mode === 'push' && stack.length >= STACK_PAGES_MAX)
      return answer(options, { errMsg: 'navigateTo:fail webview count limit exceed' }, true)
    if (mode === 'push') stack.at(-1)?.call('onHide')
    if (mode === 'replace') stack.pop()?.call('onUnload')
    if (mode === 'restart') restart()
    open(path, Object.fromEntries(new URLSearchParams(search)))
    return answer(options, { errMsg: 'navigateTo:ok' })
  }

  /** A tab once opened stays alive behind the others, as on a phone. */
  function switchTab(url: string, options: WxOptions): unknown {
    const route = url.replace(/^\//, '')
    if (!tabRoutes.includes(route))
      return answer(options, { errMsg: 'switchTab:fail can not switch to no-tabBar page' }, true)
    while (stack.length > 1) stack.pop()?.call('onUnload')
    // A page that is no tab is closed, also where the mini-program was opened with it.
    const last = stack.pop()
    last?.call(tabRoutes.includes(last.route) ? 'onHide' : 'onUnload')
    const kept = tabPages.get(route)
    if (kept === undefined) open(route, {})
    else {
      stack.push(kept)
      kept.call('onShow')
    }
    return answer(options, { errMsg: 'switchTab:ok' })
  }

  function restart(): void {
    const alive = new Set([...stack, ...tabPages.values()])
    stack.length = 0
    tabPages.clear()
    alive.forEach((page) => page.call('onUnload'))
  }

  function back(): void {
    if (stack.length < 2) return
    stack.pop()?.call('onUnload')
    stack.at(-1)?.call('onShow')
  }

  return {
    calls,
    setData,
    errors,
    get page() {
      const page = stack.at(-1)
      if (page === undefined) throw new Error('no page is open')
      return page
    },
    get stackDepth() {
      return stack.length
    },
    get requestsUnderWay() {
      return base.network.underWay
    },
    launch() {
      program.start()
      const { route, query } = settings.opensAt ?? { route: appJson.pages[0] ?? '', query: {} }
      open(route, query)
    },
    switchTab: (route) => void switchTab(route, { success: () => undefined }),
    back,
    setOnline(isOnline) {
      base.network.turn(isOnline)
    },
    close: timers.close,
  }
}

/** One open page: the object given to Page(), with data that only setData changes. */
class LivePage implements WeappPage {
  readonly #self: Record<string, unknown>

  constructor(
    readonly route: string,
    options: Record<string, unknown>,
    setData: SetDataRecord[],
    readonly errors: unknown[],
  ) {
    const self: Record<string, unknown> = { ...options, route, __route__: route, options: {} }
    const data = JSON.parse(JSON.stringify(options['data'] ?? {})) as Record<string, unknown>
    self['data'] = data
    self['setData'] = (change: Record<string, unknown>, done?: () => void) => {
      const json = JSON.stringify(change)
      setData.push({ route, bytes: Buffer.byteLength(json) })
      for (const [path, value] of Object.entries(JSON.parse(json) as object))
        setPath(data, path, value)
      setTimeout(() => done?.call(self), 0)
    }
    self['selectComponent'] = () => null
    self['getOpenerEventChannel'] = () => ({ on: () => undefined, emit: () => undefined })
    this.#self = self
  }

  get data(): Record<string, unknown> {
    return this.#self['data'] as Record<string, unknown>
  }

  call(name: string, argument?: unknown): boolean {
    const handler = this.#self[name] as Handler | undefined
    if (typeof handler !== 'function') return false
    try {
      handler.call(this.#self, argument)
    } catch (error) {
      this.errors.push(error)
    }
    return true
  }

  ask(name: string, argument?: unknown): unknown {
    const handler = this.#self[name] as ((argument: unknown) => unknown) | undefined
    return handler?.call(this.#self, argument)
  }
}

/** `root.cn.[0].cn.[2].v` and the like, the paths setData takes. */
function setPath(target: Record<string, unknown>, path: string, value: unknown): void {
  const parts = path
    .replace(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((part) => part !== '')
  let at = target
  parts.slice(0, -1).forEach((part, i) => {
    at[part] ??= /^\d+$/.test(parts[i + 1] ?? '') ? [] : {}
    at = at[part] as Record<string, unknown>
  })
  at[parts.at(-1) ?? ''] = value
}

/** `wx` with every call noted, and every API asked for that is not there. */
function noted(wx: Record<string, unknown>, calls: WxCall[]): unknown {
  return new Proxy(wx, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown
      if (typeof name === 'symbol' || typeof value !== 'function') return value
      if (!Object.hasOwn(target, name)) return value
      return (...given: unknown[]) => {
        calls.push({ api: name, options: given[0] })
        return (value as (...args: unknown[]) => unknown)(...given)
      }
    },
  })
}

function createTimers(errors: unknown[]) {
  const running = new Set<NodeJS.Timeout>()
  const guarded = (action: (...given: unknown[]) => void, given: unknown[]) => {
    try {
      action(...given)
    } catch (error) {
      errors.push(error)
    }
  }
  const clear = (timer: NodeJS.Timeout | undefined) => {
    if (timer === undefined) return
    clearTimeout(timer)
    running.delete(timer)
  }
  return {
    setTimeout(action: () => void, delayMs: number, ...given: unknown[]) {
      const timer = setTimeout(() => {
        running.delete(timer)
        guarded(action, given)
      }, delayMs)
      running.add(timer)
      return timer
    },
    setInterval(action: () => void, delayMs: number, ...given: unknown[]) {
      const timer = setInterval(() => {
        guarded(action, given)
      }, delayMs)
      running.add(timer)
      return timer
    },
    clearTimeout: clear,
    clearInterval: clear,
    close() {
      running.forEach(clear)
    },
  }
}

/** The modules of the mini-program, loaded on demand inside their own context. */
function createProgram(
  dist: string,
  wx: unknown,
  timers: ReturnType<typeof createTimers>,
  getCurrentPages: () => unknown[],
) {
  type Registered = Record<string, unknown> & { onLaunch?: Handler; onShow?: Handler }
  let app: Registered | undefined
  let page: Registered | undefined
  const context = vm.createContext({
    wx,
    console,
    queueMicrotask,
    setTimeout: timers.setTimeout,
    clearTimeout: timers.clearTimeout,
    setInterval: timers.setInterval,
    clearInterval: timers.clearInterval,
    App: (options: Registered) => {
      app = options
    },
    Page: (options: Registered) => {
      page = options
    },
    Component: () => undefined,
    Behavior: (options: unknown) => options,
    getApp: () => app,
    getCurrentPages,
  })
  const loaded = new Map<string, { exports: unknown }>()
  const registered = new Map<string, Registered>()
  function load(path: string): unknown {
    const file = path.endsWith('.js') ? path : `${path}.js`
    const known = loaded.get(file)
    if (known) return known.exports
    const module = { exports: {} as unknown }
    loaded.set(file, module)
    const run = vm.compileFunction(readFileSync(file, 'utf8'), ['require', 'module', 'exports'], {
      filename: file,
      parsingContext: context,
    }) as (require: (path: string) => unknown, module: unknown, exports: unknown) => void
    run((relative) => load(resolve(dirname(file), relative)), module, module.exports)
    return module.exports
  }
  return {
    start() {
      load(join(dist, 'app.js'))
      if (!app) throw new Error('app.js did not call App()')
      const options = { path: '', query: {}, scene: 1001, referrerInfo: {} }
      app.onLaunch?.(options)
      app.onShow?.(options)
    },
    /** What the page's file hands to Page(): it runs once, every page opened is made from it. */
    pageOptions(route: string): Record<string, unknown> {
      page = registered.get(route)
      if (!page) load(join(dist, `${route}.js`))
      if (!page) throw new Error(`${route}.js did not call Page()`)
      registered.set(route, page)
      return page
    },
  }
}
