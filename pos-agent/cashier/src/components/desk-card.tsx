import { maskPhone, normalisePhone } from '@huike/shared/phone'
import { groupDigits } from '../format.js'
import type { Desk } from '../model.js'
import { strings } from '../strings.js'
import { MemberCard } from './member-card.js'
import type { Dispatch } from './props.js'
import { Scrolled } from './scrolled.js'

/** The customer being served, in each state there is. */
export function DeskCard(props: {
  desk: Desk
  timeZone: string | null
  /** The agent's time. */
  nowMs: number
  isOffline: boolean
  dispatch: Dispatch
}) {
  const { desk, timeZone, nowMs, isOffline, dispatch } = props
  const pressEnter = () => {
    dispatch({ type: 'key', key: { name: 'enter' }, atMs: performance.now() })
  }
  switch (desk.kind) {
    case 'idle':
      return (
        <article className="card calm" data-desk="idle">
          <h2>{strings.desk.idleTitle}</h2>
          <p>{strings.desk.idleBody}</p>
        </article>
      )
    case 'looking':
      return (
        <article className="card calm" data-desk="looking" aria-busy="true">
          <h2>{strings.desk.looking}</h2>
          <p className="looking-for">{lookedFor(desk.input)}</p>
          <div className="bar" />
        </article>
      )
    case 'failed':
      return (
        <article className="card" data-desk="failed">
          <h2 className="tone-text-bad">{strings.desk.failedTitle}</h2>
          <p className="looking-for">{lookedFor(desk.input)}</p>
          <p className="sentence">{desk.sentence}</p>
          <EnterButton label={strings.desk.retry} isQuiet onPress={pressEnter} />
        </article>
      )
    case 'known':
      return <MemberCard {...{ desk, timeZone, nowMs, isOffline }} />
    case 'fresh':
      return <FreshCard desk={desk} onPress={pressEnter} />
  }
}

/** Nobody has this number yet: the notice, and one key to register. */
function FreshCard(props: { desk: Extract<Desk, { kind: 'fresh' }>; onPress: () => void }) {
  const { desk, onPress } = props
  const isBusy = desk.registeringSeq !== null
  return (
    <article className="card fresh" data-desk="fresh" aria-busy={isBusy}>
      <p className="kicker">{strings.desk.newTitle}</p>
      <p className="fresh-phone">{groupDigits(desk.phone)}</p>
      {desk.offline && <p className="note tone-warn">{strings.desk.unknownOffline}</p>}
      <p className="lead">{strings.desk.newLead}</p>
      <Scrolled className="notice" label={strings.desk.notice}>
        {desk.notice.text}
      </Scrolled>
      <EnterButton
        label={isBusy ? strings.desk.registering : strings.desk.register}
        isDisabled={isBusy}
        onPress={onPress}
      />
    </article>
  )
}

function EnterButton(props: {
  label: string
  isQuiet?: boolean
  isDisabled?: boolean
  onPress: () => void
}) {
  return (
    <button
      type="button"
      tabIndex={-1}
      className={props.isQuiet ? 'button quiet' : 'button'}
      disabled={props.isDisabled === true}
      onClick={props.onPress}
    >
      <kbd>Enter</kbd>
      {props.label}
    </button>
  )
}

function lookedFor(input: string): string {
  const phone = normalisePhone(input)
  return phone === null ? strings.desk.memberCode : maskPhone(phone)
}
