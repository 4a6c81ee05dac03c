import { memberCode, memberCodeRemainingMs } from '@huike/shared/member-code'
import { bytesFromBase64url } from './base64url.js'
import { barcodeImage, qrImage, type CodeImage } from './code-image.js'

/** Everything the code panel shows for one period of the member code. */
export interface MemberCodeView {
  readonly digits: string
  /** The digits in groups of four, as people read them out. */
  readonly grouped: string
  readonly barcode: CodeImage
  readonly qr: CodeImage
  /** When to ask for the next one, in milliseconds from now. */
  readonly remainingMs: number
}

const CODE_KEY_BYTES = 32

/**
 * The code to show at `serverNowMs`, from what the card holds: no network needed.
 * Null when the stored key is damaged; the next refresh of the card brings a good one.
 */
export function memberCodeView(
  card: { readonly memberNo: string; readonly codeKey: string },
  serverNowMs: number,
): MemberCodeView | null {
  const key = bytesFromBase64url(card.codeKey)
  if (key === null || key.length !== CODE_KEY_BYTES) return null
  const digits = memberCode(card.memberNo, key, serverNowMs)
  return {
    digits,
    grouped: digits.replace(/(\d{4})(?=\d)/g, '$1 '),
    barcode: barcodeImage(digits),
    qr: qrImage(digits),
    remainingMs: memberCodeRemainingMs(serverNowMs),
  }
}
