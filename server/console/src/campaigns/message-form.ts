import { oneLine } from '@huike/shared/texts'
import { campaignStrings } from './strings.js'

// What becomes of a message on its way: how long it is, where WeChat cuts it, and how many text
// messages it costs.

/** A field of kind "thing" in WeChat's subscription messages holds so many characters. */
const WECHAT_FIELD_CHARACTERS_MAX = 20
/** One text message holds so many UTF-16 units of Chinese; each part of a longer one holds fewer. */
const SMS_UNITS_MAX = 70
const SMS_PART_UNITS_MAX = 67

/** Characters as the server counts them, without the spaces at both ends. */
export function lengthOf(text: string): number {
  return text.trim().length
}

export interface Cut {
  /** As the phone shows it; ends in `…` when something was cut. */
  kept: string
  /** What the phone will not show; '' when all of it fits. */
  lost: string
}

/** `text` as the server puts it into a field of WeChat's card: on one line, by whole characters. */
export function cutForWechat(text: string): Cut {
  const characters = Array.from(oneLine(text))
  if (characters.length <= WECHAT_FIELD_CHARACTERS_MAX)
    return { kept: characters.join(''), lost: '' }
  const end = WECHAT_FIELD_CHARACTERS_MAX - 1
  return {
    kept: `${characters.slice(0, end).join('').trimEnd()}…`,
    lost: characters.slice(end).join(''),
  }
}

export interface SmsForm {
  text: string
  /** UTF-16 units, which is what is paid for. */
  units: number
  parts: number
}

/**
 * The text message in a template of the usual kind, and what it counts as. The real template is the
 * one the provider approved: it is set up with the server and may say more or less.
 */
export function smsOf({ title, body }: { title: string; body: string }): SmsForm {
  const text = campaignStrings.preview.smsTemplate(oneLine(title), oneLine(body))
  const units = text.length
  return {
    text,
    units,
    parts: units <= SMS_UNITS_MAX ? 1 : Math.ceil(units / SMS_PART_UNITS_MAX),
  }
}
