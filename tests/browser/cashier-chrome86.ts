import { parse, type AnyNode } from 'acorn'

// What Chrome 86 does not know, looked for in a page as it was built: the build lowers syntax, and
// nothing lowers what a browser's own objects and styles can do. Versions are those of
// https://caniuse.com and https://chromestatus.com; what is not in these lists is older.

/** Methods that are newer, by the name they are called by. */
const NEWER_METHODS = new Map([
  ['at', 92],
  ['findLast', 97],
  ['findLastIndex', 97],
  ['toSorted', 110],
  ['toReversed', 110],
  ['toSpliced', 110],
  ['hasOwn', 93],
  ['groupBy', 117],
  ['randomUUID', 92],
  ['withResolvers', 119],
  ['throwIfAborted', 100],
  ['isWellFormed', 111],
  ['showPicker', 99],
  ['checkVisibility', 105],
  ['getSetCookie', 113],
  ['supportedValuesOf', 99],
])
/** `AbortSignal.timeout` and the like, by object and name. */
const NEWER_STATICS = new Map([
  ['AbortSignal.timeout', 103],
  ['AbortSignal.any', 116],
  ['AbortSignal.abort', 93],
  ['Intl.Segmenter', 87],
  ['Response.json', 105],
  ['URL.canParse', 120],
])
const NEWER_GLOBALS = new Map([
  ['structuredClone', 98],
  ['CompressionStream', 103],
  ['CloseWatcher', 126],
  ['EyeDropper', 95],
  ['Highlight', 105],
])
const NEWER_STYLES: readonly [name: string, pattern: RegExp, since: number][] = [
  ['inset', /[;{]inset(?:-inline|-block)?(?:-start|-end)?:/, 87],
  ['aspect-ratio', /[;{]aspect-ratio:/, 88],
  [':is()', /:is\(/, 88],
  [':where()', /:where\(/, 88],
  [':not() with a list', /:not\([^()]*,/, 88],
  [':has()', /:has\(/, 105],
  [':user-valid', /:user-(?:in)?valid/, 119],
  ['accent-color', /[;{]accent-color:/, 93],
  ['color-mix()', /color-mix\(/, 111],
  ['light-dark()', /light-dark\(/, 123],
  ['lab, lch, oklab, oklch, hwb', /[:( ,](?:ok)?l(?:ab|ch)\(|[:( ,]hwb\(/, 101],
  ['@layer', /@layer\b/, 99],
  ['@container', /@container\b/, 105],
  ['@scope', /@scope\b/, 118],
  ['nesting', /[{;]\s*&/, 112],
  ['media ranges', /@media[^{]*[<>]/, 104],
  ['small, large and dynamic viewport units', /\d(?:[sld]v(?:h|w|b|i|min|max))\b/, 108],
  ['translate, rotate, scale by themselves', /[;{](?:translate|rotate|scale):/, 104],
  ['overflow: clip', /overflow(?:-[xy])?:[^;}]*\bclip\b/, 90],
  ['scrollbar-gutter', /[;{]scrollbar-gutter:/, 94],
  ['text-wrap', /[;{]text-wrap(?:-style)?:/, 114],
  ['subgrid', /subgrid/, 117],
  ['start and end in flex boxes', /(?:align|justify)-(?:items|content):(?:start|end)\b/, 93],
  ['two values of display', /display:(?:block|inline|flow) /, 115],
  ['font-palette', /[;{]font-palette:/, 101],
]
const OLDEST = 86

/** Names what in a stylesheet, without its comments, Chrome 86 does not know. */
export function newerStyles(css: string): string[] {
  const dense = css.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\s*([{};:,])\s*/g, '$1')
  return NEWER_STYLES.filter(([, pattern]) => pattern.test(dense)).map(
    ([name, , since]) => `${name} (${String(since)})`,
  )
}

/** Names what in a program Chrome 86 does not know: syntax, methods, globals. */
export function newerScript(source: string): string[] {
  const found = new Set<string>()
  const program = parse(source, { ecmaVersion: 'latest', sourceType: 'module' })
  walk(program, { isInFunction: false }, (node, isInFunction) => {
    const fault = faultOf(node, isInFunction)
    if (fault !== null) found.add(fault)
  })
  return [...found].sort()
}

function faultOf(node: AnyNode, isInFunction: boolean): string | null {
  switch (node.type) {
    case 'StaticBlock':
      return 'static block (94)'
    case 'AwaitExpression':
      return isInFunction ? null : 'await outside functions (89)'
    case 'BinaryExpression':
      return node.left.type === 'PrivateIdentifier' ? '#name in object (91)' : null
    case 'Literal':
      return 'regex' in node && node.regex && /[dv]/.test(node.regex.flags)
        ? `regular expression flag ${node.regex.flags} (90)`
        : null
    case 'ImportAttribute':
      return 'import attributes (123)'
    case 'CallExpression':
    case 'NewExpression':
      return calledFault(node.callee)
    default:
      return null
  }
}

function calledFault(callee: AnyNode): string | null {
  const of = (name: string, since: number | undefined) =>
    since !== undefined && since > OLDEST ? `${name} (${String(since)})` : null
  if (callee.type === 'Identifier') return of(callee.name, NEWER_GLOBALS.get(callee.name))
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return null
  const { name } = callee.property
  if (callee.computed) return null
  const object = callee.object.type === 'Identifier' ? `${callee.object.name}.${name}` : ''
  return of(object, NEWER_STATICS.get(object)) ?? of(`.${name}()`, NEWER_METHODS.get(name))
}

function walk(
  node: AnyNode,
  at: { isInFunction: boolean },
  visit: (node: AnyNode, isInFunction: boolean) => void,
): void {
  visit(node, at.isInFunction)
  const isFunction = /Function/.test(node.type)
  const inside = { isInFunction: at.isInFunction || isFunction }
  for (const value of Object.values(node) as unknown[])
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value])
      if (isNode(child)) walk(child, inside, visit)
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}
