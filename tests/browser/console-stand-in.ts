// A server of a few routes for the console's pages: serves the built files, signs in, and answers
// what a test gives it. It can refuse the next call and be gone altogether.
import { outcomeSentence, outcomeStatus, type OutcomeCode } from '@huike/shared/outcomes'
import { CHAIN_ROLES, type StaffRole } from '@huike/shared/permissions'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { buildPage } from './build-page.js'

const API = '/console/v1'
const TOKEN = 't0'
const SESSION_MS = 3_600_000
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

export const STAFF_ID = '01JX000000000000000000STF1'
export const STORE_IDS = ['01JX0000000000000000000001', '01JX0000000000000000000002'] as const

/** One call as a handler gets it; `params` holds what `:name` stood for in the path. */
export interface Asked {
  method: string
  /** Below /console/v1, without the query. */
  path: string
  params: Readonly<Record<string, string>>
  query: URLSearchParams
  /** The body as JSON, or the text of a file; null without one. */
  body: unknown
  headers: IncomingMessage['headers']
}

/** A refusal by code, as the server would send it. */
export class Refused {
  constructor(
    readonly code: OutcomeCode,
    readonly detail?: string,
  ) {}
}

/** A body that is no JSON. */
export class FileAnswer {
  constructor(
    readonly text: string,
    readonly type: string,
  ) {}
}

/** An object is sent as JSON with 200, undefined as 204. */
export type Handler = (asked: Asked) => object | undefined | Promise<object | undefined>
/** By `METHOD path`, such as `GET /members/:memberId`. The first that matches answers. */
export type Routes = Readonly<Record<string, Handler>>

export interface ConsoleStandIn {
  /** Of the console's first page, with a slash at the end. */
  url: string
  /** Every call that came in, oldest first. */
  asked: Asked[]
  /** Whoever signs in next has this role. */
  role: StaffRole
  /** The chain asks whoever signs in next for a second factor they do not have. */
  lacksFactor: boolean
  /** The code that whoever signs in next is asked for; null when they are not. */
  code: string | null
  /** Refuses the next call, once; the next of `METHOD path` where it is given. */
  refuseNext: (code: OutcomeCode, call?: string) => void
  /** While true, calls are cut off as if the network were gone. */
  isGone: boolean
  /** Cuts every line and begins anew with these routes, as if nobody had ever asked anything. */
  begin: (routes: Routes) => void
  close: () => Promise<void>
}

const AT_FIRST = { role: 'owner', lacksFactor: false, code: null, isGone: false } as const

/** Starts the stand-in on a free port of 127.0.0.1, without routes; the caller closes it. */
export async function startConsoleStandIn(): Promise<ConsoleStandIn> {
  const folder = await buildPage('server', 'console')
  let routes: Routes = {}
  let refusals: Refusal[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    if (!path.startsWith(API)) {
      void serveFile(folder, path, response)
      return
    }
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
    request.on('end', () => {
      const call = readCall(request, text)
      standIn.asked.push(call)
      if (standIn.isGone) request.socket.destroy()
      else void answer(call, { routes, refusals, ...standIn }).then(send(response))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const standIn: ConsoleStandIn = {
    url: `http://127.0.0.1:${String(port)}/console/`,
    asked: [],
    ...AT_FIRST,
    refuseNext: (code, call) => refusals.push({ code, call: call ?? null }),
    begin: (next) => {
      // What is still on its way from a page of before must not be heard.
      server.closeAllConnections()
      routes = next
      refusals = []
      Object.assign(standIn, { ...AT_FIRST, asked: [] })
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return standIn
}

export interface OpenOptions {
  /** Without the leading `#`, such as `/members/01JX…`. */
  at?: string
  width?: number
  height?: number
  isDark?: boolean
}

/** Where the pages of a suite are opened: what one of them has loaded, the next need not load. */
export function consoleContext(browser: Browser): Promise<BrowserContext> {
  return browser.newContext({
    reducedMotion: 'reduce',
    timezoneId: 'Asia/Shanghai',
    locale: 'zh-CN',
  })
}

/**
 * A page of somebody who has signed in as `standIn.role`: close it. `strange` collects what the
 * browser complained about: expect none.
 */
export async function openConsole(
  context: BrowserContext,
  standIn: ConsoleStandIn,
  { at = '/', width = 1440, height = 900, isDark = false }: OpenOptions = {},
): Promise<{ page: Page; strange: string[] }> {
  const page = await context.newPage()
  await page.setViewportSize({ width, height })
  await page.emulateMedia({ colorScheme: isDark ? 'dark' : 'light' })
  const strange: string[] = []
  page.on('pageerror', (error) => strange.push(error.message))
  page.on('console', (message) => {
    if (/Content Security Policy|Warning:/i.test(message.text())) strange.push(message.text())
  })
  await page.addInitScript(
    (session: string) => {
      if (sessionStorage.getItem('huike-console-session') === null)
        sessionStorage.setItem('huike-console-session', session)
    },
    JSON.stringify(sessionOf(standIn.role, standIn.lacksFactor)),
  )
  await page.goto(`${standIn.url}#${at}`)
  return { page, strange }
}

/** What the sign-in answers for a role. */
export function sessionOf(role: StaffRole, lacksFactor = false): object {
  const names: Readonly<Record<StaffRole, string>> = {
    owner: '王总',
    operations: '赵运营',
    manager: '李店长',
    cashier: '小陈',
    analyst: '周分析',
    auditor: '吴审计',
  }
  const storeIds = CHAIN_ROLES.includes(role) ? [] : [STORE_IDS[0]]
  const staff = { id: STAFF_ID, name: names[role], role, storeIds }
  return { accessToken: TOKEN, expiresAtMs: Date.now() + SESSION_MS, lacksFactor, staff }
}

function readCall(request: IncomingMessage, text: string): Asked {
  const url = new URL(request.url ?? '/', 'http://stand-in')
  const isFile = request.headers['content-type'] === 'application/octet-stream'
  return {
    method: request.method ?? 'GET',
    path: url.pathname.slice(API.length),
    params: {},
    query: url.searchParams,
    body: text === '' ? null : isFile ? text : (JSON.parse(text) as unknown),
    headers: request.headers,
  }
}

interface Refusal {
  code: OutcomeCode
  /** `METHOD path`; null for whatever comes next. */
  call: string | null
}

interface State {
  routes: Routes
  refusals: Refusal[]
  role: StaffRole
  code: string | null
}

async function answer(call: Asked, { routes, refusals, role, code }: State): Promise<unknown> {
  const refused = refusals.findIndex(
    (one) => one.call === null || one.call === `${call.method} ${call.path}`,
  )
  const [refusal] = refused < 0 ? [] : refusals.splice(refused, 1)
  if (refusal !== undefined) return new Refused(refusal.code)
  if (call.method === 'POST' && call.path === '/session') {
    const said = call.body as { username: string; password: string; code?: string }
    if (said.username !== 'dianzhang' || said.password !== 'right')
      return new Refused('credentials_wrong')
    if (code === null || said.code === code) return sessionOf(role)
    return new Refused(said.code === undefined ? 'second_factor_needed' : 'second_factor_wrong')
  }
  if (call.headers.authorization !== `Bearer ${TOKEN}`) return new Refused('token_missing')
  for (const [route, handler] of Object.entries(routes)) {
    const [method = '', path = ''] = route.split(' ')
    const params = method === call.method ? paramsOf(path, call.path) : null
    if (params !== null) return handler({ ...call, params })
  }
  return new Refused('not_found')
}

/** What the `:names` of a route stand for in a path; null when it is another path. */
function paramsOf(route: string, path: string): Record<string, string> | null {
  const [wanted, given] = [route.split('/'), path.split('/')]
  if (wanted.length !== given.length) return null
  const params: Record<string, string> = {}
  for (const [index, word] of wanted.entries()) {
    const found = given[index] ?? ''
    if (word.startsWith(':')) params[word.slice(1)] = decodeURIComponent(found)
    else if (word !== found) return null
  }
  return params
}

function send(response: ServerResponse): (value: unknown) => void {
  return (value) => {
    if (value === undefined) response.writeHead(204).end()
    else if (value instanceof FileAnswer) {
      response.writeHead(200, { 'content-type': value.type }).end(value.text)
    } else if (value instanceof Refused) {
      const { code, detail } = value
      const status = outcomeStatus(code)
      const problem = { type: `urn:huike:${code}`, title: outcomeSentence(code), status, code }
      sendJson(response, status, detail === undefined ? problem : { ...problem, detail })
    } else sendJson(response, 200, value)
  }
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}

async function serveFile(folder: string, path: string, response: ServerResponse): Promise<void> {
  const name = path === '/console/' ? 'index.html' : path.replace('/console/', '')
  const bytes = name.includes('..') ? null : await readFile(join(folder, name)).catch(() => null)
  if (bytes === null) {
    response.writeHead(404).end()
    return
  }
  response.writeHead(200, {
    'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
    // A name under assets/ changes with what is in the file.
    'cache-control': name.startsWith('assets/') ? 'max-age=31536000, immutable' : 'no-cache',
    // antd writes its styles at run time; scripts and everything else come from here alone.
    'content-security-policy': "default-src 'self'; style-src 'self' 'unsafe-inline'",
  })
  response.end(bytes)
}
