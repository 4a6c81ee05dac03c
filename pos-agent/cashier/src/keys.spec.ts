import { describe, expect, it } from '@jest/globals'
import { readKey, type KeyPress } from './keys.js'
import type { Key } from './model.js'

const plain: KeyPress = {
  code: '',
  key: '',
  repeat: false,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
}

describe('keys', () => {
  it.each<[string, Partial<KeyPress>, Key | null]>([
    ['a digit', { code: 'Digit6', key: '6' }, { name: 'digit', digit: '6' }],
    ['the number pad', { code: 'Numpad6', key: '6' }, { name: 'digit', digit: '6' }],
    [
      'a digit under an IME',
      { code: 'Digit6', key: 'Process' },
      { name: 'digit', digit: '6', isSwallowed: true },
    ],
    ['a full-width digit', { code: 'Digit6', key: '\uff16' }, { name: 'digit', digit: '6' }],
    ['a digit without a place', { code: '', key: '6' }, { name: 'digit', digit: '6' }],
    ['the pad without NumLock', { code: 'Numpad8', key: 'ArrowUp' }, { name: 'up' }],
    ['the pad without NumLock, no arrow', { code: 'Numpad7', key: 'Home' }, null],
    ['F3', { code: 'F3', key: 'F3' }, { name: 'receipt', position: 3 }],
    ['F6', { code: 'F6', key: 'F6' }, null],
    ['F8', { code: 'F8', key: 'F8' }, { name: 'pickups' }],
    ['F9', { code: 'F9', key: 'F9' }, { name: 'sounds' }],
    ['the pad Enter', { code: 'NumpadEnter', key: 'Enter' }, { name: 'enter' }],
    ['Shift+8', { code: 'Digit8', key: '*', shiftKey: true }, { name: 'star' }],
    ['Shift+1', { code: 'Digit1', key: '!', shiftKey: true }, null],
    ['Ctrl+5', { code: 'Digit5', key: '5', ctrlKey: true }, null],
    ['Alt+F4', { code: 'F4', key: 'F4', altKey: true }, null],
    ['the slash of the number pad', { code: 'NumpadDivide', key: '/' }, { name: 'slash' }],
    ['a slash', { code: 'Slash', key: '/' }, { name: 'slash' }],
    ['a letter', { code: 'KeyA', key: 'a' }, null],
  ])('reads %s', (_title, press, key) => {
    expect(readKey({ ...plain, ...press })).toEqual(key)
  })
})
