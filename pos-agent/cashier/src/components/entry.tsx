import { useEffect, useRef } from 'react'
import { groupDigits } from '../format.js'
import type { Message } from '../model.js'
import { strings } from '../strings.js'
import type { Dispatch } from './props.js'

interface Props {
  entry: string
  message: Message | null
  /** False while another field needs the focus. */
  isFocusKept: boolean
  dispatch: Dispatch
}

/**
 * The one big input. Keys reach the reducer through the window, by their place on the keyboard;
 * what comes here as text was pasted or typed on glass. Text that an input method composes is
 * dropped: its keys have been counted already.
 */
export function Entry({ entry, message, isFocusKept, dispatch }: Props) {
  const input = useRef<HTMLInputElement>(null)
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
        onChange={(event) => {
          const { isComposing } = event.nativeEvent as InputEvent
          if (!isComposing)
            dispatch({ type: 'text', text: event.target.value, atMs: event.timeStamp })
        }}
      />
      <p className={`entry-message tone-${message?.tone ?? 'info'}`} role="status">
        {message?.text ?? ''}
      </p>
    </div>
  )
}
