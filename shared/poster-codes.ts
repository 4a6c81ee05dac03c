import { readCouponCode, type ReadCode } from './coupon-codes.js'

// What a poster says: a code to type, and the same in a QR code, as the address of the page on which
// it is taken. WeChat opens the mini-program with such an address where the chain has registered it
// (扫普通链接二维码打开小程序); a browser opens the page; the mini-program's own scanner reads either.

export const POSTER_NAME_CHARACTERS_MAX = 20
export const POSTER_CODE_CHARACTERS_MIN = 4
export const POSTER_CODE_CHARACTERS_MAX = 16
export const POSTER_TOTAL_MAX = 100_000_000

/** Without what is taken for something else in print: 0 and O, 1, I and L, 2 and Z, 5 and S, 8 and B. */
const CLEAR_SIGNS = '34679ACDEFGHJKMNPQRTUVWXY'
const MADE_CHARACTERS = 8
/** Longer than any address of ours; what else is scanned is no code. */
const SCANNED_CHARACTERS_MAX = 512
const CLAIM_PAGE = '#/coupon/claim/index'
const CODE_OF_ADDRESS = /[?&](?:code|scene)=([^&#]*)/

/** A code nobody has thought of; `chance` gives numbers from 0 up to 1. */
export function newPosterCode(chance: () => number): string {
  return Array.from({ length: MADE_CHARACTERS }, () => {
    return CLEAR_SIGNS[Math.floor(chance() * CLEAR_SIGNS.length)] ?? ''
  }).join('')
}

/** Reads the code of a poster as somebody typed it; says why it is none. */
export function readPosterCode(typed: string): ReadCode {
  const read = readCouponCode(typed, POSTER_CODE_CHARACTERS_MIN)
  return read.ok && read.code.length > POSTER_CODE_CHARACTERS_MAX
    ? { ok: false, reason: 'long' }
    : read
}

/**
 * What the QR code of a poster says: where its coupon is taken. The code is before the `#`, where WeChat
 * looks at an address.
 */
export function posterAddress(origin: string, code: string): string {
  return `${origin}/m/?code=${code}${CLAIM_PAGE}`
}

/** The code in what a camera read; null where there is none. */
export function codeOfScan(text: string): string | null {
  if (text.length > SCANNED_CHARACTERS_MAX) return null
  const parameter = CODE_OF_ADDRESS.exec(text)?.[1]
  const isAddress = /[:/?]/.test(text)
  const typed = parameter === undefined ? (isAddress ? '' : text) : decoded(parameter)
  // A scene may be the code alone, or name it: `code=HUIKE`.
  const code = typed.startsWith('code=') ? typed.slice('code='.length) : typed
  const read = readCouponCode(code, POSTER_CODE_CHARACTERS_MIN)
  return read.ok ? read.code : null
}

/**
 * The code in what a page was opened with: its own `code`, the `scene` of a mini-program code, or the
 * address that WeChat scanned, as `q`. Null where there is none.
 */
export function codeOfOpening({
  code,
  scene,
  q,
}: {
  readonly [name in 'code' | 'scene' | 'q']?: string | undefined
}): string | null {
  for (const given of [code, scene, q]) {
    const found = given === undefined ? null : codeOfScan(decoded(given))
    if (found !== null) return found
  }
  return null
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
