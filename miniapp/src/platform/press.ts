const isInBrowser = process.env.TARO_ENV === 'h5'

/** The keys that press a button in a browser. */
const KEYS: readonly unknown[] = ['Enter', ' ']

/**
 * What makes an element something to press: the tap, its look while touched, and in a browser the
 * keyboard, which WeChat has no use for.
 */
export function press(onPress: () => void, hoverClass = 'hk-pressed') {
  if (!isInBrowser) return { onClick: onPress, hoverClass }
  return {
    onClick: onPress,
    tabIndex: 0,
    onKeyDown: ({ key }: { key?: unknown }) => {
      if (KEYS.includes(key)) onPress()
    },
  }
}

/**
 * The words WeChat's screen reader says for an element as a whole. A browser's reads the contents
 * by itself, in the order they are seen, and would be led astray by another wording.
 */
export function spoken(label: string) {
  return isInBrowser ? {} : { ariaLabel: label }
}
