import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'
import { parse } from 'acorn'
import compiler from 'miniprogram-compiler'

// What can be told about a built mini-program without running it: WeChat's limits, our own smaller
// ones, syntax old phones can read, and nothing that talks to a host nobody named.

/** WeChat refuses a package beyond 2 MB; ours must stay far below to open fast. */
export const MAIN_PACKAGE_BYTES_MAX = 800 * 1024
export const SUBPACKAGE_BYTES_MAX = 400 * 1024
/** WeChat's limit for a tab bar icon. */
const TAB_ICON_BYTES_MAX = 40 * 1024
/** Async functions run natively, object spread, BigInt literals and class fields do not exist. */
const SYNTAX_YEAR = 2017

/** Not uploaded to WeChat. */
const NOT_UPLOADED = /\.map$|\.LICENSE\.txt$|project(\.private)?\.config\.json$/

/** Addresses that appear in the sources of React and Taro as names or in messages, never fetched. */
const MENTIONED_HOSTS = new Set([
  'www.w3.org',
  'reactjs.org',
  'react.dev',
  'github.com',
  'fb.me',
  // The base Taro resolves a relative URL against.
  'taro.com',
])

export interface AppJson {
  readonly pages: readonly string[]
  readonly subPackages?: readonly { readonly root: string; readonly pages: readonly string[] }[]
  readonly preloadRule?: Readonly<Record<string, { readonly packages: readonly string[] }>>
  readonly tabBar?: {
    readonly list: readonly {
      readonly pagePath: string
      readonly iconPath?: string
      readonly selectedIconPath?: string
    }[]
  }
  readonly [name: string]: unknown
}

/** A built mini-program on disk. */
export class WeappBuild {
  readonly appJson: AppJson
  readonly files: readonly string[]

  constructor(readonly dist: string) {
    this.appJson = JSON.parse(readFileSync(join(dist, 'app.json'), 'utf8')) as AppJson
    this.files = readdirSync(dist, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(dist, path)).isFile())
      .map((path) => path.split(sep).join('/'))
  }

  /** Bytes per package as uploaded: `main`, then each subpackage by its root. */
  packageBytes(): ReadonlyMap<string, number> {
    const roots = (this.appJson.subPackages ?? []).map(({ root }) => root)
    const bytes = new Map([['main', 0], ...roots.map((root) => [root, 0] as const)])
    for (const file of this.files.filter((path) => !NOT_UPLOADED.test(path))) {
      const root = roots.find((candidate) => file.startsWith(`${candidate}/`)) ?? 'main'
      bytes.set(root, (bytes.get(root) ?? 0) + statSync(join(this.dist, file)).size)
    }
    return bytes
  }

  routes(): string[] {
    const { pages, subPackages = [] } = this.appJson
    return [
      ...pages,
      ...subPackages.flatMap(({ root, pages: below }) =>
        below.map((page) => posix.join(root, page)),
      ),
    ]
  }

  read(file: string): string {
    return readFileSync(join(this.dist, file), 'utf8')
  }
}

/** Declared pages, tabs, icons and preload rules that do not fit what is on disk. */
export function brokenPages(build: WeappBuild): string[] {
  const problems: string[] = []
  const routes = build.routes()
  for (const route of routes)
    for (const ending of ['js', 'wxml', 'json'])
      if (!build.files.includes(`${route}.${ending}`)) problems.push(`missing ${route}.${ending}`)
  problems.push(...brokenPreloading(build))
  for (const tab of build.appJson.tabBar?.list ?? []) {
    if (!build.appJson.pages.includes(tab.pagePath))
      problems.push(`tab ${tab.pagePath} is not in the main package`)
    for (const icon of [tab.iconPath, tab.selectedIconPath]) {
      if (icon === undefined) problems.push(`tab ${tab.pagePath} lacks an icon`)
      else if (!existsSync(join(build.dist, icon))) problems.push(`missing ${icon}`)
      else if (statSync(join(build.dist, icon)).size > TAB_ICON_BYTES_MAX)
        problems.push(`${icon} is larger than WeChat takes`)
    }
  }
  return problems
}

/** Subpackages nobody fetches ahead, which makes people wait, and rules about what is not there. */
function brokenPreloading(build: WeappBuild): string[] {
  const { preloadRule = {}, subPackages = [] } = build.appJson
  const roots = subPackages.map(({ root }) => root)
  const routes = build.routes()
  const fetched = Object.values(preloadRule).flatMap(({ packages }) => packages)
  return [
    ...Object.keys(preloadRule)
      .filter((route) => !routes.includes(route))
      .map((route) => `preloadRule names ${route}, which is no page`),
    ...fetched
      .filter((name) => !roots.includes(name))
      .map((name) => `preloadRule names ${name}, which is no subpackage`),
    ...roots.filter((root) => !fetched.includes(root)).map((root) => `nothing preloads ${root}`),
  ]
}

/** Theme variables (`@name`) of app.json that theme.json lacks in light or in dark. */
export function missingThemeNames(build: WeappBuild): string[] {
  const theme = JSON.parse(build.read('theme.json')) as Record<'light' | 'dark', object>
  const used = [...JSON.stringify(build.appJson).matchAll(/"@(\w+)"/g)].map(
    (match) => match[1] ?? '',
  )
  return (['light', 'dark'] as const).flatMap((mode) =>
    used.filter((name) => !(name in theme[mode])).map((name) => `${mode} ${name}`),
  )
}

/** Scripts that an engine of 2017 cannot read. */
export function tooNewScripts(build: WeappBuild): string[] {
  return scripts(build).flatMap((file) => {
    const source = build.read(file)
    try {
      parse(source, { ecmaVersion: SYNTAX_YEAR, sourceType: 'script' })
      return []
    } catch (error) {
      const at = (error as { pos?: number }).pos ?? 0
      return [`${file}: ${String(error)} near ${source.slice(Math.max(0, at - 30), at + 30)}`]
    }
  })
}

/** Scripts that mention a name older phones do not have. */
export function scriptsNaming(build: WeappBuild, name: string): string[] {
  return scripts(build).filter((file) => new RegExp(`\\b${name}\\b`).test(build.read(file)))
}

/** Hosts named anywhere in the build, other than those known to be mere mentions. */
export function foreignHosts(build: WeappBuild, allowed: readonly string[]): string[] {
  const found = build.files
    .filter((file) => /\.(js|wxss|wxml|wxs|json)$/.test(file))
    .flatMap((file) =>
      [...build.read(file).matchAll(/(?:https?|wss?):\/\/([\w.-]+)/g)].map(([, host = '']) => ({
        file,
        host,
      })),
    )
    .filter(({ host }) => !MENTIONED_HOSTS.has(host) && !allowed.includes(host))
  return found.map(({ file, host }) => `${file} names ${host}`)
}

/** Location APIs called without being declared, or declared without being called. */
export function undeclaredLocation(build: WeappBuild): string[] {
  const apis = [
    'getFuzzyLocation',
    'getLocation',
    'onLocationChange',
    'chooseLocation',
    'choosePoi',
  ]
  const declared = (build.appJson['requiredPrivateInfos'] ?? []) as string[]
  const own = scripts(build).filter((file) => !/^(taro|vendors|runtime)\.js$/.test(file))
  const code = own.map((file) => build.read(file)).join('\n')
  return apis.filter((api) => new RegExp(`\\.${api}\\(`).test(code) !== declared.includes(api))
}

/** What Tencent's own compilers refuse. */
export function refusedByCompilers(build: WeappBuild): string[] {
  return (['wxmlToJs', 'wxssToJs'] as const).flatMap((compile) => {
    try {
      compiler[compile](build.dist)
      return []
    } catch (error) {
      return [`${compile}: ${String(error)}`]
    }
  })
}

/** @tarojs packages below `root` that are installed anywhere but at the top. */
export function nestedTaroPackages(root: string): string[] {
  const nested: string[] = []
  const visit = (modules: string, isTop: boolean): void => {
    if (!existsSync(modules)) return
    for (const entry of readdirSync(modules, { withFileTypes: true })) {
      if (!entry.isDirectory() || entry.name.startsWith('.')) continue
      const path = join(modules, entry.name)
      if (!entry.name.startsWith('@')) visit(join(path, 'node_modules'), false)
      else
        for (const scoped of readdirSync(path)) {
          if (entry.name === '@tarojs' && !isTop) nested.push(relative(root, join(path, scoped)))
          visit(join(path, scoped, 'node_modules'), false)
        }
    }
  }
  visit(join(root, 'node_modules'), true)
  for (const workspace of ['shared', 'server', 'server/console', 'pos-agent', 'miniapp', 'tests'])
    visit(join(root, workspace, 'node_modules'), false)
  return nested
}

function scripts(build: WeappBuild): string[] {
  return build.files.filter((file) => file.endsWith('.js') || file.endsWith('.wxs'))
}
