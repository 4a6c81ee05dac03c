import { startMemberStandIn, type MemberStandIn } from '../member-stand-in.js'
import { openPhone, type Phone } from './phone.js'
import type { PhoneSettings } from './wx.js'

// One shopper, one phone, one server: what every story of the compiled mini-program begins with.

export interface WeappStory {
  readonly server: MemberStandIn
  /** The phone as it is now; `reopen` replaces it. */
  phone: Phone
  readonly storage: Map<string, unknown>
  /** Closes the mini-program and opens it again on the same phone, perhaps with other settings. */
  reopen(settings?: Partial<PhoneSettings>): void
  /** Signs in and gives the phone number: ends on home, with the card there. */
  becomeMember(): Promise<void>
  /** Closes everything; gives what was thrown inside the mini-program. */
  end(): Promise<readonly unknown[]>
}

/** Opens the mini-program built into `dist` for someone who was never there. */
export async function beginStory(
  dist: string,
  settings: Partial<PhoneSettings> = {},
): Promise<WeappStory> {
  const server = await startMemberStandIn()
  const storage = new Map<string, unknown>()
  let codesGiven = 0
  const open = (more: Partial<PhoneSettings>) =>
    openPhone({
      dist,
      storage,
      settings: {
        serverOrigin: server.origin,
        loginCode: () => `login-${String((codesGiven += 1))}`,
        ...settings,
        ...more,
      },
    })
  const story: WeappStory = {
    server,
    storage,
    phone: open({}),
    reopen(more = {}) {
      story.phone.close()
      story.phone = open(more)
    },
    async becomeMember() {
      await story.phone.tap('登录 / 注册')
      await story.phone.until('用微信手机号开通会员')
      await story.phone.answerPhoneButton('phone-1')
      await story.phone.until('可用积分')
    },
    async end() {
      story.phone.close()
      await server.close()
      return story.phone.program.errors
    },
  }
  return story
}
