import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

// The cashier page as it was built: files, their types, and what the browser may do with them.

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.mp3': 'audio/mpeg',
  '.txt': 'text/plain; charset=utf-8',
}

export const PAGE_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "media-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
} as const

const NOT_BUILT =
  '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>回客收银</title>' +
  '<p>收银页面还没有安装。采集和上传照常进行；请重新安装本程序。</p>'

export interface PageFile {
  status: number
  type: string
  body: Buffer | string
  cacheControl: string
}

/** Reads a file of the page by its URL path; null when there is none. */
export async function readPageFile(directory: string, urlPath: string): Promise<PageFile | null> {
  const isIndex = urlPath === '/' || urlPath === '/index.html'
  const relative = isIndex ? 'index.html' : decoded(urlPath)
  const type = relative === null ? undefined : TYPES[extname(relative)]
  if (relative === null || type === undefined) return null
  try {
    return {
      status: 200,
      type,
      body: await readFile(join(directory, relative)),
      // Built assets carry a hash of their content in the name.
      cacheControl: /^\/?assets\//.test(relative) ? 'max-age=31536000, immutable' : 'no-cache',
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'EISDIR' && code !== 'ENOTDIR') throw error
  }
  if (!isIndex) return null
  const html = TYPES['.html'] ?? ''
  return { status: 503, type: html, body: NOT_BUILT, cacheControl: 'no-store' }
}

/** A path inside the page's folder; null when it would lead out of it. */
function decoded(urlPath: string): string | null {
  try {
    const path = normalize(decodeURIComponent(urlPath)).replace(/^[/\\]+/, '')
    return path.includes('\0') || path.startsWith('..') ? null : path
  } catch {
    return null
  }
}

/** Where the built cashier page lies, seen from the compiled agent or from its source. */
export function pageDirectory(): string {
  const candidates = ['../../cashier/dist', '../cashier/dist'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  )
  return candidates.find((path) => existsSync(path)) ?? (candidates[0] as string)
}
