import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import vm from 'node:vm'
import compiler from 'miniprogram-compiler'
import type { WeappPage } from './logic-layer.js'

// WeChat's view layer: Tencent's own compilers turn the real templates and a page's data into the
// real tree of elements. Events travel through the bindings written in the templates, so a control
// that is not bound is found dead here as on a phone.

export interface WeappElement {
  readonly tag: string
  readonly attr: Readonly<Record<string, unknown>>
  readonly children: readonly WeappNode[]
}
export type WeappNode = string | WeappElement

interface RawElement {
  tag: string
  attr?: Record<string, unknown>
  children?: (RawElement | string)[]
}
type Render = (data: unknown) => RawElement

/** Taro draws below a certain depth, and inside CustomWrapper, through components of its own. */
const NESTED: Readonly<Record<string, string>> = {
  'wx-comp': 'comp.wxml',
  'wx-custom-wrapper': 'custom-wrapper.wxml',
}
/** Events that WeChat hands on from the element touched to those around it. */
const BUBBLING = new Set(['tap', 'longpress', 'touchstart', 'touchmove', 'touchend', 'touchcancel'])

export interface ViewLayer {
  /** The elements of a page as they are now. */
  tree(page: WeappPage): WeappElement
  /** The style sheets that apply to a page, as a browser reads them. */
  css(route: string): string
}

/** Compiles every template and style sheet below `dist`; throws when WeChat's compilers would. */
export function createViewLayer(dist: string): ViewLayer {
  const source = compiler.wxmlToJs(dist)
  compiler.wxssToJs(dist)
  const templates = vm.compileFunction(source, ['global', 'window', '__wxAppCode__']) as (
    ...globals: object[]
  ) => (file: string) => Render
  const template = templates({}, {}, {})
  // WXS takes an object only from its own world, which is not the one tests run in.
  const parse = vm.compileFunction('return JSON.parse(text)', ['text']) as (text: string) => unknown

  const inside = (data: unknown) => parse(JSON.stringify(data))
  const whole = (node: RawElement | string): WeappNode => {
    if (typeof node === 'string') return node
    const file = NESTED[node.tag]
    const inner =
      file === undefined
        ? (node.children ?? [])
        : [template(file)(inside({ i: node.attr?.['i'], l: node.attr?.['l'] }))]
    return { tag: node.tag, attr: node.attr ?? {}, children: inner.map(whole) }
  }
  return {
    tree(page) {
      return whole(template(`${page.route}.wxml`)(inside(page.data))) as WeappElement
    },
    css: (route) => `${styles(join(dist, 'app.wxss'))}\n${styles(join(dist, `${route}.wxss`))}`,
  }
}

/** Every element with those around it, innermost first, in document order. */
export function* elements(
  node: WeappNode,
  around: readonly WeappElement[] = [],
): Generator<{ element: WeappElement; around: readonly WeappElement[] }> {
  if (typeof node === 'string') return
  yield { element: node, around }
  for (const child of node.children) yield* elements(child, [node, ...around])
}

/** What a person reads in an element. */
export function textOf(node: WeappNode): string {
  return typeof node === 'string' ? node : node.children.map(textOf).join('')
}

/** Finds the innermost element that `isWanted`; throws when there is none. */
export function findElement(tree: WeappElement, isWanted: (element: WeappElement) => boolean) {
  const found = [...elements(tree)].filter(({ element }) => isWanted(element)).at(-1)
  if (!found) throw new Error(`no such element among: ${textOf(tree)}`)
  return found
}

/**
 * Sends an event to an element through its real bindings. Returns how many handlers ran: 0 means
 * that the control is dead.
 */
export function dispatch(
  page: WeappPage,
  { element, around }: { element: WeappElement; around: readonly WeappElement[] },
  type: string,
  detail: object,
): number {
  const chain = BUBBLING.has(type) ? [element, ...around] : [element]
  const isDisabled = chain.some(({ tag, attr }) => tag === 'wx-button' && attr['disabled'] === true)
  if (type === 'tap' && isDisabled) return 0
  let handled = 0
  for (const current of chain) {
    const caught = current.attr[`catch${type}`]
    const handler = current.attr[`bind${type}`] ?? caught
    const event = {
      type,
      timeStamp: Date.now(),
      detail,
      target: reference(element),
      currentTarget: reference(current),
      mark: {},
    }
    if (typeof handler === 'string' && page.call(handler, event)) handled += 1
    if (typeof caught === 'string') break
  }
  return handled
}

function reference({ attr }: WeappElement) {
  const dataset = Object.entries(attr)
    .filter(([name]) => name.startsWith('data-'))
    .map(([name, value]) => [name.slice('data-'.length), value] as const)
  return { id: attr['id'] ?? '', dataset: Object.fromEntries(dataset) }
}

function styles(file: string): string {
  if (!existsSync(file)) return ''
  return readFileSync(file, 'utf8').replace(
    /@import\s+(?:url\()?["']([^"']+)["']\)?;/g,
    (_, path: string) => styles(resolve(dirname(file), path)),
  )
}
