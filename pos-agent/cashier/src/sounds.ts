import type { CashierState } from './model.js'

// Two sounds, off until the cashier wants them: it worked, it did not. Which one is decided here
// from what changed; how it sounds is Web Audio's, and a till without it stays silent.

export type Sound = 'good' | 'bad'

const SETTING = 'huike-sounds'
const ON = 'on'
const VOLUME = 0.15
const FADE_S = 0.02
/** One short high tone, or two low ones: told apart from across the counter. */
const TONES: Readonly<Record<Sound, readonly { atS: number; forS: number; hertz: number }[]>> = {
  good: [{ atS: 0, forS: 0.09, hertz: 1_320 }],
  bad: [
    { atS: 0, forS: 0.12, hertz: 330 },
    { atS: 0.18, forS: 0.16, hertz: 260 },
  ],
}

/** What to sound when the page went from `before` to `after`; null for nothing. */
export function soundOf(before: CashierState, after: CashierState): Sound | null {
  if (after.message !== before.message && after.message !== null) {
    if (after.message.tone === 'good') return 'good'
    if (after.message.tone === 'bad' || after.message.tone === 'warn') return 'bad'
  }
  if (after.confirm?.problem != null && after.confirm.problem !== before.confirm?.problem)
    return 'bad'
  if (after.coupons?.problem != null && after.coupons.problem !== before.coupons?.problem)
    return 'bad'
  if (after.spend?.problem != null && after.spend.problem !== before.spend?.problem) return 'bad'
  if (after.desk.kind === before.desk.kind) return null
  if (after.desk.kind === 'known') return 'good'
  return after.desk.kind === 'failed' ? 'bad' : null
}

/** The setting as it was left on this till; off where it was never set. */
export function storedSounds(): boolean {
  try {
    return localStorage.getItem(SETTING) === ON
  } catch {
    return false
  }
}

/** Keeps the setting for the next time; a till that keeps nothing asks again. */
export function storeSounds(isOn: boolean): void {
  try {
    localStorage.setItem(SETTING, isOn ? ON : 'off')
  } catch {
    // A browser that keeps nothing: the setting lasts as long as the page.
  }
}

let audio: AudioContext | null = null

/** Plays a sound. A browser plays nothing before the first key press, which has happened by now. */
export function play(sound: Sound): void {
  if (typeof AudioContext === 'undefined') return
  audio ??= new AudioContext()
  void audio.resume()
  for (const { atS, forS, hertz } of TONES[sound]) {
    const startS = audio.currentTime + atS
    const tone = audio.createOscillator()
    const volume = audio.createGain()
    tone.frequency.value = hertz
    volume.gain.setValueAtTime(0, startS)
    volume.gain.linearRampToValueAtTime(VOLUME, startS + FADE_S)
    volume.gain.setValueAtTime(VOLUME, startS + forS - FADE_S)
    volume.gain.linearRampToValueAtTime(0, startS + forS)
    tone.connect(volume).connect(audio.destination)
    tone.start(startS)
    tone.stop(startS + forS)
  }
}
