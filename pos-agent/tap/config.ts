// The settings of one tap, read once at start from the first argument or HUIKE_TAP_CONFIG (JSON).

export interface TapConfig {
  tapId: string
  listenHost: string
  listenPort: number
  printerHost: string
  printerPort: number
  spoolDirectory: string
  keyFile: string
  statusFile: string
}

const TEXTS = [
  'tapId',
  'listenHost',
  'printerHost',
  'spoolDirectory',
  'keyFile',
  'statusFile',
] as const
const PORTS = ['listenPort', 'printerPort'] as const
const TAP_ID_LENGTH_MAX = 64
const PORT_MAX = 65_535

/** Reads and checks the settings; `problems` names every field that is wrong. */
export function readTapConfig(
  text: string | undefined,
): { ok: true; config: TapConfig } | { ok: false; problems: string[] } {
  if (text === undefined) return { ok: false, problems: ['no settings: pass them as JSON'] }
  let fields: Record<string, unknown>
  try {
    fields = Object(JSON.parse(text)) as Record<string, unknown>
  } catch {
    return { ok: false, problems: ['settings are not JSON'] }
  }
  const problems: string[] = []
  for (const name of TEXTS)
    if (typeof fields[name] !== 'string' || fields[name] === '')
      problems.push(`${name}: a text is missing`)
  for (const name of PORTS) {
    const port = fields[name]
    const least = name === 'listenPort' ? 0 : 1
    if (!Number.isInteger(port) || Number(port) < least || Number(port) > PORT_MAX)
      problems.push(`${name}: must be a port number`)
  }
  if (String(fields.tapId).length > TAP_ID_LENGTH_MAX) problems.push('tapId: too long')
  const known: string[] = [...TEXTS, ...PORTS]
  for (const name of Object.keys(fields))
    if (!known.includes(name)) problems.push(`${name}: unknown`)
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, config: fields as unknown as TapConfig }
}
