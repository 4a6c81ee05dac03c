import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'

// The agent's settings: one JSON file, one schema, one reader. No other file of the agent looks at
// the environment or the command line.

const port = z.int().min(0).max(65_535)
const path = z.string().min(1).max(4_096)

const tapSchema = z.strictObject({
  /** Names this tap's spool; at most one tap writes to a spool. */
  tapId: z.string().regex(/^[A-Za-z0-9_-]{1,32}$/),
  spoolDirectory: path,
  keyFile: path,
  statusFile: path,
  /** True: the agent starts the tap, and again when it died; it prints on when the agent stops. */
  supervise: z.boolean().default(false),
  listenHost: z.string().min(1).default('127.0.0.1'),
  listenPort: port.default(9_100),
  printerHost: z.string().min(1),
  printerPort: port.default(9_100),
})
export type TapConfig = z.infer<typeof tapSchema>

const dropSchema = z.strictObject({ directory: path })
export type DropConfig = z.infer<typeof dropSchema>

export const agentConfigSchema = z.strictObject({
  dataDirectory: path,
  serverUrl: z.url({ protocol: /^https?$/ }),
  cashier: z
    .strictObject({ host: z.literal('127.0.0.1').default('127.0.0.1'), port: port.default(3_100) })
    .default({ host: '127.0.0.1', port: 3_100 }),
  tap: tapSchema.nullable().default(null),
  drop: dropSchema.nullable().default(null),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
})
export type AgentConfig = z.infer<typeof agentConfigSchema>

/** What the command line asks for. */
export interface Invocation {
  command: 'run' | 'parse' | 'tap' | 'enrol' | 'doctor'
  /** The words after the command, options taken out. */
  operands: string[]
  configFile: string | null
  /** `--server URL`, before there is a config file or instead of what it says. */
  serverUrl: string | null
  /** Test only: kill this process at a labelled point, `label` or `label:n`. */
  crashAt: string | null
}

/** Why the agent cannot start, in words for the person who installs it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const COMMANDS = ['parse', 'tap', 'enrol', 'doctor'] as const

/** Reads the command line and the environment. Throws ConfigError on an unknown word or option. */
export function readInvocation(
  argv: readonly string[] = process.argv.slice(2),
  env: NodeJS.ProcessEnv = process.env,
): Invocation {
  const operands: string[] = []
  const options = new Map<string, string>()
  for (let i = 0; i < argv.length; i += 1) {
    const word = argv[i] ?? ''
    const option = /^--(config|server)(?:=(.*))?$/.exec(word)
    if (option) {
      const value = option[2] ?? argv[(i += 1)]
      if (!value) throw new ConfigError(`${word} 后面缺少内容`)
      options.set(option[1] ?? '', value)
    } else if (word.startsWith('--') && operands[0] !== 'parse') {
      throw new ConfigError(`不认识的选项 ${word}`)
    } else {
      operands.push(word)
    }
  }
  const named = COMMANDS.find((command) => command === operands[0])
  if (named === undefined && operands[0] !== undefined && operands[0] !== 'run')
    throw new ConfigError(`不认识的命令 ${operands[0]}(可用：run、${COMMANDS.join('、')})`)
  return {
    command: named ?? 'run',
    operands: operands.slice(1),
    configFile: options.get('config') ?? env['HUIKE_AGENT_CONFIG'] ?? null,
    serverUrl: options.get('server') ?? null,
    crashAt: env['HUIKE_CRASH_AT'] ?? null,
  }
}

/** Reads and checks the config file; paths in it are relative to the file. Throws ConfigError. */
export function readConfig(invocation: Invocation): AgentConfig {
  const file = invocation.configFile
  if (file === null)
    throw new ConfigError('没有配置文件：请用 --config 文件 或环境变量 HUIKE_AGENT_CONFIG 指定')
  const parsed = agentConfigSchema.safeParse(readJson(file))
  if (!parsed.success)
    throw new ConfigError(`配置文件 ${file} 有误：\n${z.prettifyError(parsed.error)}`)
  const config = parsed.data
  const from = (relative: string): string => resolve(dirname(file), relative)
  return {
    ...config,
    serverUrl: invocation.serverUrl ?? config.serverUrl,
    dataDirectory: from(config.dataDirectory),
    tap: config.tap && {
      ...config.tap,
      spoolDirectory: from(config.tap.spoolDirectory),
      keyFile: from(config.tap.keyFile),
      statusFile: from(config.tap.statusFile),
    },
    drop: config.drop && { directory: from(config.drop.directory) },
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''))
  } catch (error) {
    throw new ConfigError(`读不了配置文件 ${file}:${(error as Error).message}`)
  }
}
