import { useEffect, useRef } from 'react'
import { groupDigits } from '../format.js'
import type { Message } from '../model.js'
import { strings } from '../strings.js'
import type { Dispatch } from './props.js'

interface Props {
  entry: string
  message: Message | null
  /** When a digit key was last counted. */
  lastDigitAtMs: number
  /** False while another field needs the focus. */
  isFocusKept: boolean
  dispatch: Dispatch
}

/**
 * The one big input. Keys reach the reducer through the window, by their place on the keyboard;
 * what comes here as text was pasted or typed on glass. Text that an input method composed is
 * dropped where its keys have been counted, and taken where it came without any, as from scanners
 * that send characters and no keys.
 */
export function Entry({ entry, message, lastDigitAtMs, isFocusKept, dispatch }: Props) {
  const input = useRef<HTMLInputElement>(null)
  const digitBeforeComposing = useRef(lastDigitAtMs)
  useEffect(() => {
    if (isFocusKept) input.current?.focus()
  }, [isFocusKept])
  const refocus = () => {
    if (isFocusKept) setTimeout(() => input.current?.focus({ preventScroll: true }), 0)
  }
  return (
    <div className="entry">
      <label className="entry-label" htmlFor="entry">
        {strings.entry.label}
      </label>
      <input
        id="entry"
        ref={input}
        className="entry-input"
        type="tel"
        lang="en"
        inputMode="numeric"
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        autoFocus
        placeholder={strings.entry.placeholder}
        value={groupDigits(entry)}
        onBlur={refocus}
        onCompositionStart={() => {
          digitBeforeComposing.current = lastDigitAtMs
        }}
        onCompositionEnd={(event) => {
          if (lastDigitAtMs !== digitBeforeComposing.current) return
          const { data: typed, timeStamp: atMs } = event
          dispatch({ type: 'text', text: entry + typed, typed, atMs })
        }}
        onChange={(event) => {
          const { isComposing, data: typed } = event.nativeEvent as InputEvent
          if (!isComposing)
            dispatch({ type: 'text', text: event.target.value, typed, atMs: event.timeStamp })
        }}
      />
      <p className={`entry-message tone-${message?.tone ?? 'info'}`} role="status">
        {message?.text ?? ''}
      </p>
    </div>
  )
}
