import { describe, expect, it } from '@jest/globals'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { repositoryPath, repositoryRoot } from '../rig/repository.js'

interface Manifest {
  version: string
  workspaces?: string[]
}

interface LockEntry {
  resolved?: string
  link?: boolean
}

const root = manifestIn(repositoryRoot())
const workspaces = (root.workspaces ?? []).map((place) => repositoryPath(place))
const lock = JSON.parse(readFileSync(repositoryPath('package-lock.json'), 'utf8')) as {
  packages: Record<string, LockEntry>
}

describe('the installed packages', () => {
  // Taro's optional Vite and Rollup peers make npm nest second copies, with which the h5 build
  // fails and the weapp build silently carries both.
  it('hold every @tarojs package once, at the root', () => {
    const places = installedBelow(repositoryRoot()).filter((place) =>
      /node_modules\/@tarojs\/[^/]+$/.test(place),
    )
    const nested = places.filter((place) => place.lastIndexOf('node_modules/') > 0)
    expect(places).toContain('node_modules/@tarojs/taro')
    expect(nested).toEqual([])
  })

  it('hold one React, 18.3.1, for all three screens', () => {
    for (const name of ['react', 'react-dom']) {
      const copies = installedBelow(repositoryRoot()).filter((place) =>
        place.endsWith(`node_modules/${name}`),
      )
      expect(copies).toEqual([`node_modules/${name}`])
      expect(manifestIn(repositoryPath('node_modules', name)).version).toBe('18.3.1')
    }
  })
})

describe('the lock file', () => {
  it('names no registry: where packages come from is the business of who installs', () => {
    const hosts = Object.entries(lock.packages).filter(
      ([, entry]) => entry.resolved !== undefined && !entry.link,
    )
    expect(hosts.map(([place]) => place)).toEqual([])
    expect(Object.keys(lock.packages).length).toBeGreaterThan(100)
  })
})

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

/** Every installed package as a path, copies nested in other packages included. */
function installedBelow(folder: string): string[] {
  const places = [folder, ...workspaces].flatMap((place) => packagesIn(join(place, 'node_modules')))
  return [...new Set(places)].map((place) => relative(folder, place).replaceAll('\\', '/'))
}

function packagesIn(modules: string): string[] {
  if (!existsSync(modules)) return []
  return readdirSync(modules, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory() || entry.name.startsWith('.')) return []
    const place = join(modules, entry.name)
    if (!entry.name.startsWith('@')) return [place, ...packagesIn(join(place, 'node_modules'))]
    return readdirSync(place, { withFileTypes: true })
      .filter((scoped) => scoped.isDirectory())
      .flatMap((scoped) => [
        join(place, scoped.name),
        ...packagesIn(join(place, scoped.name, 'node_modules')),
      ])
  })
}
