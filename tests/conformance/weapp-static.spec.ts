import { mkdtempSync, cpSync, rmSync, writeFileSync, appendFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { darkColours, lightColours } from '@huike/shared/design-tokens'
import { BUILD_MS_MAX, builtMiniapp, MINIAPP_ROOT } from '../rig/weapp/build.js'
import {
  brokenPages,
  foreignHosts,
  MAIN_PACKAGE_BYTES_MAX,
  missingThemeNames,
  nestedTaroPackages,
  refusedByCompilers,
  scriptsNaming,
  SUBPACKAGE_BYTES_MAX,
  tooNewScripts,
  undeclaredLocation,
  WeappBuild,
} from '../rig/weapp/static-gate.js'

// The gate a build of the mini-program passes before anyone looks at it on a phone.

/** Of 2018 and later, and no syntax: nothing but their names tells that a phone would lack them. */
const NEWER_NAMES = [
  ...['BigInt', 'Intl', 'structuredClone', 'queueMicrotask', 'TextEncoder', 'AbortController'],
  ...['flatMap', 'fromEntries', 'matchAll', 'replaceAll', 'trimStart', 'trimEnd', 'allSettled'],
  ...['findLast', 'hasOwn', 'toSorted', 'toReversed', 'WeakRef'],
]

let build: WeappBuild

beforeAll(async () => {
  build = new WeappBuild(await builtMiniapp('weapp'))
}, BUILD_MS_MAX)

describe('the weapp build', () => {
  it('is small enough to open fast', () => {
    const bytes = build.packageBytes()
    expect(bytes.get('main')).toBeLessThanOrEqual(MAIN_PACKAGE_BYTES_MAX)
    for (const [name, size] of bytes)
      if (name !== 'main') expect(size).toBeLessThanOrEqual(SUBPACKAGE_BYTES_MAX)
  })

  it('has every page, tab and icon it declares', () => {
    expect(brokenPages(build)).toEqual([])
    expect(build.routes()).toEqual(
      expect.arrayContaining([
        'pages/code/index',
        'purchase/detail/index',
        'coupon/wallet/index',
        'coupon/code/index',
        'coupon/claim/index',
        'mall/shelf/index',
        'mall/item/index',
        'mall/records/index',
        'mall/exchange/index',
        'pack/shelf/index',
        'pack/orders/index',
        'pack/order/index',
        'account/inbox/index',
        'account/profile/index',
        'account/privacy/index',
      ]),
    )
    // At a till without a network, a subpackage that was never fetched cannot be.
    expect(build.appJson.pages).toContain('pages/code/index')
  })

  it('loads code lazily and lets WeChat check privacy', () => {
    expect(build.appJson['lazyCodeLoading']).toBe('requiredComponents')
    expect(build.appJson['__usePrivacyCheck__']).toBe(true)
    expect(build.appJson).toMatchObject({ darkmode: true, themeLocation: 'theme.json' })
    expect(undeclaredLocation(build)).toEqual([])
  })

  it('names only colours its theme has, and they are the design tokens', () => {
    expect(missingThemeNames(build)).toEqual([])
    const theme = JSON.parse(build.read('theme.json')) as Record<string, Record<string, string>>
    expect(theme['light']).toMatchObject({
      background: lightColours.background,
      navigationBackground: lightColours.background,
      tabBackground: lightColours.surface,
      tabText: lightColours.textSoft,
      tabSelected: lightColours.brand,
    })
    expect(theme['dark']).toMatchObject({
      background: darkColours.background,
      navigationBackground: darkColours.background,
      tabBackground: darkColours.surface,
      tabText: darkColours.textSoft,
      tabSelected: darkColours.brand,
    })
  })

  it('runs on phones that know nothing newer than ES2017', () => {
    expect(tooNewScripts(build)).toEqual([])
    for (const name of NEWER_NAMES) expect([name, scriptsNaming(build, name)]).toEqual([name, []])
  })

  it('talks to no host but the server', () => {
    expect(foreignHosts(build, ['127.0.0.1'])).toEqual([])
  })

  it('is accepted by the compilers inside WeChat', () => {
    expect(refusedByCompilers(build)).toEqual([])
  })

  it('carries aria attributes in its templates', () => {
    expect(build.read('base.wxml')).toMatch(/aria-label="\{\{/)
  })

  it('comes from one copy of each Taro package', () => {
    expect(nestedTaroPackages(join(MINIAPP_ROOT, '..'))).toEqual([])
  })
})

describe('the gate itself', () => {
  let copy: string

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'huike-weapp-'))
    cpSync(build.dist, copy, { recursive: true })
  })
  afterAll(() => {
    rmSync(copy, { recursive: true, force: true })
  })

  it('notices what would fail on a phone', () => {
    appendFileSync(join(copy, 'app.js'), '\n;var big = 1n; fetch("https://cdn.example.com/x")')
    appendFileSync(join(copy, 'common.js'), '\n;BigInt(1); wx.getLocation({})')
    writeFileSync(join(copy, 'pages/home/index.wxml'), '<view><text></view>')
    rmSync(join(copy, 'assets/tab/home.png'))
    const app = JSON.parse(build.read('app.json')) as { preloadRule: object }
    app.preloadRule = { 'pages/home/index': { packages: ['purchase', 'wallet'] } }
    writeFileSync(join(copy, 'app.json'), JSON.stringify(app))
    const spoilt = new WeappBuild(copy)
    expect(tooNewScripts(spoilt)).toEqual([expect.stringContaining('app.js')])
    expect(scriptsNaming(spoilt, 'BigInt')).toEqual(['common.js'])
    expect(foreignHosts(spoilt, ['127.0.0.1'])).toEqual(['app.js names cdn.example.com'])
    expect(undeclaredLocation(spoilt)).toEqual(['getLocation'])
    expect(brokenPages(spoilt)).toEqual([
      'preloadRule names wallet, which is no subpackage',
      'nothing preloads coupon',
      'nothing preloads mall',
      'nothing preloads pack',
      'nothing preloads account',
      'missing assets/tab/home.png',
    ])
    expect(refusedByCompilers(spoilt)).toHaveLength(1)
  })
})
