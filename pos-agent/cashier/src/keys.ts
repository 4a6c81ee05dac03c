import type { Key } from './model.js'

// From a keyboard event to a key with a meaning. Told by `code`, the place on the keyboard, because
// under a Chinese input method `key` is "Process" and full-width digits come out of `input`.

/** The part of KeyboardEvent that matters here. */
export interface KeyPress {
  readonly code: string
  readonly key: string
  readonly repeat: boolean
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly altKey: boolean
  readonly metaKey: boolean
}

const DIGIT = /^(?:Digit|Numpad)(\d)$/
const RECEIPT = /^F([1-5])$/
const BY_CODE: Readonly<Record<string, Exclude<Key['name'], 'digit' | 'receipt'>>> = {
  NumpadDecimal: 'dot',
  Period: 'dot',
  NumpadAdd: 'plus',
  Equal: 'plus',
  NumpadSubtract: 'minus',
  Minus: 'minus',
  NumpadMultiply: 'star',
  NumpadDivide: 'slash',
  Slash: 'slash',
  F7: 'gifts',
  F8: 'pickups',
  F9: 'sounds',
  Enter: 'enter',
  NumpadEnter: 'enter',
  Escape: 'escape',
  Backspace: 'backspace',
  ArrowUp: 'up',
  ArrowDown: 'down',
}

/** What the press means, or null when it is none of the page's keys. */
export function readKey(press: KeyPress): Key | null {
  if (press.ctrlKey || press.altKey || press.metaKey) return null
  // Some scanners and remote desktops send characters without a place.
  const code = press.code === '' ? codeOfCharacter(press.key) : press.code
  if (press.shiftKey && code === 'Digit8') return { name: 'star' }
  if (press.shiftKey && code.startsWith('Digit')) return null
  const receipt = RECEIPT.exec(code)?.[1]
  if (receipt !== undefined) return { name: 'receipt', position: Number(receipt) }
  // A number pad without NumLock sends ArrowUp with the code Numpad8.
  const isMoving = press.key === 'ArrowUp' || press.key === 'ArrowDown'
  if (isMoving) return { name: press.key === 'ArrowUp' ? 'up' : 'down' }
  const digit = DIGIT.exec(code)?.[1]
  if (digit !== undefined) {
    if (isSwallowed(press)) return { name: 'digit', digit, isSwallowed: true }
    return isDigit(press) ? { name: 'digit', digit } : null
  }
  const name = BY_CODE[code]
  return name === undefined ? null : { name }
}

/** A held key acts once; only erasing repeats. */
export function mayRepeat(key: Key): boolean {
  return key.name === 'backspace'
}

/** An input method has the key: its text comes by another way, once more. */
function isSwallowed({ key }: KeyPress): boolean {
  return key === 'Process' || key === 'Unidentified'
}

function isDigit({ key }: KeyPress): boolean {
  return /^\d$/.test(key.normalize('NFKC'))
}

function codeOfCharacter(key: string): string {
  if (/^\d$/.test(key)) return `Digit${key}`
  if (key === '.') return 'Period'
  if (key === '+') return 'NumpadAdd'
  if (key === '-') return 'NumpadSubtract'
  if (key === '*') return 'NumpadMultiply'
  if (key === '/') return 'NumpadDivide'
  return key
}
