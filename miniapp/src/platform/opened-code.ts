import { codeOfOpening } from '@huike/shared/poster-codes'

let isAddressRead = false

/**
 * The code of the poster that a page was opened from: in its parameters, where WeChat puts what it
 * scanned (`q`, `scene`), or, once, in the address of a browser's page. Null where there is none.
 */
export function openedCode(params: Readonly<Record<string, string | undefined>>): string | null {
  const own = codeOfOpening(params)
  if (own !== null || process.env.TARO_ENV !== 'h5' || isAddressRead) return own
  isAddressRead = true
  const { search } = (globalThis as { location?: { search: string } }).location ?? { search: '' }
  return codeOfOpening({ q: search })
}
