// Labelled places where a test may kill the process, to prove that nothing is lost or done twice.
// Without HUIKE_CRASH_AT they do nothing.

/** Where the server may be killed, in the order a checkout passes them. */
export const SERVER_CRASH_POINTS = [
  'events.before-write',
  'events.inside-write',
  'events.after-commit',
  'relay.after-claim',
  'relay.inside-consume',
  'relay.after-consume',
] as const
export type ServerCrashPoint = (typeof SERVER_CRASH_POINTS)[number]

/** Where it may be killed while a campaign is under way: each is passed many times. */
export const CAMPAIGN_CRASH_POINTS = [
  'campaign.before-page',
  'campaign.inside-page',
  'campaign.after-page',
  'message.before-claim',
  'message.inside-claim',
  'message.after-claim',
  'message.before-send',
  'message.after-send',
  'message.before-result',
  'message.inside-result',
  'message.after-result',
] as const
export type CampaignCrashPoint = (typeof CAMPAIGN_CRASH_POINTS)[number]

/** Where the change of the sealing key may be killed, in order. */
export const KEY_CRASH_POINTS = [
  'keys.begun',
  'keys.after-file',
  'keys.after-publish',
  'keys.after-activate',
  'keys.before-batch',
  'keys.inside-batch',
  'keys.after-batch',
  'keys.before-done',
] as const
export type KeyCrashPoint = (typeof KEY_CRASH_POINTS)[number]

/** Where it may be killed while a file is imported: each but the last is passed with every batch. */
export const IMPORT_CRASH_POINTS = [
  'import.before-batch',
  'import.inside-batch',
  'import.after-batch',
  'import.before-finish',
] as const
export type ImportCrashPoint = (typeof IMPORT_CRASH_POINTS)[number]

/** Where it may be killed while coupons are taken and set aside. */
export const COUPON_CRASH_POINTS = [
  'coupons.inside-claim',
  'coupons.after-claim',
  'coupons.inside-reserve',
  'coupons.after-reserve',
] as const
export type CouponCrashPoint = (typeof COUPON_CRASH_POINTS)[number]

/** Where it may be killed while a pack is paid for and refunded, in order. */
export const PACK_CRASH_POINTS = [
  'pack.after-order',
  'pack.after-prepay',
  'pack.after-prepaid',
  'pack.after-notice',
  'pack.inside-paid',
  'pack.after-paid',
  'pack.inside-issue',
  'pack.after-issue',
  'pack.inside-void',
  'pack.after-void',
  'pack.before-refund',
  'pack.after-refund',
  'pack.inside-refunded',
  'pack.after-refunded',
] as const
export type PackCrashPoint = (typeof PACK_CRASH_POINTS)[number]

/** Where it may be killed while points are exchanged, and come back. */
export const MALL_CRASH_POINTS = [
  'mall.inside-exchange',
  'mall.after-exchange',
  'mall.inside-ending',
  'mall.after-ending',
] as const
export type MallCrashPoint = (typeof MALL_CRASH_POINTS)[number]

type CrashPoint =
  | ServerCrashPoint
  | CampaignCrashPoint
  | KeyCrashPoint
  | ImportCrashPoint
  | CouponCrashPoint
  | PackCrashPoint
  | MallCrashPoint

const [armedLabel, armedCount] = (process.env['HUIKE_CRASH_AT'] ?? '').split(':')
let passesLeft = Number(armedCount ?? 1)

/** Kills this process when the environment says so (`HUIKE_CRASH_AT=label:n`: at the n-th pass). */
export function crashPoint(label: CrashPoint): void {
  if (label !== armedLabel) return
  passesLeft -= 1
  if (passesLeft <= 0) process.kill(process.pid, 'SIGKILL')
}
