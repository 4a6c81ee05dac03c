// A bright screen that stays on while a code is shown to a scanner, and the person's own brightness
// back on leaving, however fast they leave.

/** WeChat's scale goes from 0 to 1. */
const FULL = 1

export interface ScreenLight {
  /** The brightness now, 0 to 1; null when the phone does not say. */
  read(): Promise<number | null>
  set(value: number): void
  keepOn(isOn: boolean): void
}

export interface BrightScreen {
  /** The code came into sight; calling it twice does nothing more. */
  enter(): Promise<void>
  /** The code is out of sight. */
  leave(): void
}

export function createBrightScreen(light: ScreenLight): BrightScreen {
  let visit = 0
  let isInside = false
  let before: number | null = null
  return {
    async enter() {
      if (isInside) return
      isInside = true
      visit += 1
      const mine = visit
      light.keepOn(true)
      const found = await light.read()
      // Left meanwhile: nothing was changed, nothing is to be put back.
      if (found === null || !isInside || mine !== visit) return
      before = found
      light.set(FULL)
    },
    leave() {
      if (!isInside) return
      isInside = false
      light.keepOn(false)
      if (before !== null) light.set(before)
      before = null
    },
  }
}
