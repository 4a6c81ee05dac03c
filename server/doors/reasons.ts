// Reasons that staff write down are kept in clear, with what was done.

/** A mobile number anywhere in the text, whatever stands between its digits. */
export function holdsPhone(text: string): boolean {
  return /1[3-9]\d{9}/.test(text.normalize('NFKC').replace(/[^\p{L}\d]/gu, ''))
}
