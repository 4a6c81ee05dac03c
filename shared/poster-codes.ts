import {
  POSTER_CODE_CHARACTERS_MAX,
  POSTER_CODE_CHARACTERS_MIN,
} from './contracts/coupon-posters.js'
import { readCouponCode, type ReadCode } from './coupon-codes.js'

// What a poster says: a code to type, and the same in a QR code, as the address of the page on which
// it is taken. WeChat opens the mini-program with such an address where the chain has registered it
// (扫普通链接二维码打开小程序); a browser opens the page; the mini-program's own scanner reads either.

/** Without what is taken for something else in print: 0 and O, 1, I and L, 2 and Z, 5 and S, 8 and B. */
const CLEAR_SIGNS = '34679ACDEFGHJKMNPQRTUVWXY'
const MADE_CHARACTERS = 8
/** Longer than any address of ours; what else is scanned is no code. */
const SCANNED_CHARACTERS_MAX = 512
const CLAIM_PAGE = '/m/#/coupon/claim/index'
const CODE_OF_ADDRESS = /[?&](?:code|scene)=([^&#]*)/
const ADDRESS_OF_WECHAT = /[?&]q=([^&#]*)/

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

/** What the QR code of a poster says: where its coupon is taken. */
export function posterAddress(origin: string, code: string): string {
  return `${origin}${CLAIM_PAGE}?code=${code}`
}

/** The code in what a camera read, or in what a page was opened with; null where there is none. */
export function codeOfScan(text: string): string | null {
  if (text.length > SCANNED_CHARACTERS_MAX) return null
  const inside = ADDRESS_OF_WECHAT.exec(text)?.[1]
  if (inside !== undefined) return codeOfScan(decoded(inside))
  const parameter = CODE_OF_ADDRESS.exec(text)?.[1]
  const isAddress = /[:/?]/.test(text)
  const typed = parameter === undefined ? (isAddress ? '' : text) : decoded(parameter)
  // A scene may be the code alone, or name it: `code=HUIKE`.
  const said = typed.startsWith('code=') ? typed.slice('code='.length) : typed
  const read = readCouponCode(said, POSTER_CODE_CHARACTERS_MIN)
  return read.ok ? read.code : null
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
