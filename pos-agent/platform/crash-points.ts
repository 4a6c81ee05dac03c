// Labelled places where a crash test kills this very process, as a power cut or kill -9 would.
// Unarmed (always, outside tests) a crash point costs one comparison.

export const CRASH_POINTS = [
  'capture.after_raw_commit',
  'intake.during_parse',
  'intake.before_receipt_commit',
  'intake.after_receipt_commit',
  'uplink.before_send',
  'uplink.after_send',
  'uplink.before_ack_commit',
  'uplink.after_ack_commit',
] as const
export type CrashPoint = (typeof CRASH_POINTS)[number]

let armed: { label: string; remaining: number } | null = null

/** Arms one point of this thread: `label`, or `label:n` for the n-th time it is passed. */
export function armCrashPoint(spec: string | null): void {
  const match = /^([a-z_.]+)(?::(\d+))?$/.exec(spec ?? '')
  armed = match?.[1] === undefined ? null : { label: match[1], remaining: Number(match[2] ?? '1') }
}

/** Kills the process when `label` is armed and its turn has come. */
export function crashPoint(label: CrashPoint): void {
  if (armed?.label !== label) return
  armed.remaining -= 1
  if (armed.remaining <= 0) process.kill(process.pid, 'SIGKILL')
}
