const CODE = /^\d{12}$/

/** The code of a coupon as it was typed or read out, without what stands between; null for none. */
export function readCode(typed: string): string | null {
  const code = typed.normalize('NFKC').replace(/[\s-]/g, '')
  return CODE.test(code) ? code : null
}

/** `1234 5678 9012`. */
export function codeWords(code: string): string {
  return code.replace(/(\d{4})(?=\d)/g, '$1 ')
}
