// Where somebody became a member: at a till, in the mini-program, in an online shop, by a file.

export const REGISTRATION_CHANNELS = ['pos', 'wechat', 'online', 'import'] as const
export type RegistrationChannel = (typeof REGISTRATION_CHANNELS)[number]

/** A channel as its column keeps it; what is not known is a till's. */
export function registrationChannelOf(kept: string | undefined): RegistrationChannel {
  return REGISTRATION_CHANNELS.find((channel) => channel === kept) ?? 'pos'
}
