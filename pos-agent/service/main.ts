import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Clock } from '../platform/clock.js'
import { ConfigError, readConfig, readInvocation } from '../platform/config.js'
import type { Invocation } from '../platform/config.js'
import { armCrashPoint } from '../platform/crash-points.js'
import { KeyFileError, loadKeyFile } from '../platform/key-file.js'
import { makeLogger } from '../platform/log.js'
import { readEnrolment } from '../store/enrolment.js'
import { enrol } from '../uplink/enrol.js'
import { ServerClient } from '../uplink/server-client.js'
import { Agent } from './agent.js'
import { doctor } from './doctor.js'
import { tapArguments } from './tap-supervisor.js'

// The agent's command: run, parse, tap, enrol, doctor.

const STOP_MS_MAX = 10_000
const OTHERS_MASK = 0o077

try {
  const invocation = readInvocation()
  process.exitCode = await runCommand(invocation)
} catch (error) {
  if (!(error instanceof ConfigError) && !(error instanceof KeyFileError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}

async function runCommand(invocation: Invocation): Promise<number> {
  // What the agent writes is for its own user, the database and its WAL included.
  process.umask(OTHERS_MASK)
  switch (invocation.command) {
    case 'run':
      return run(invocation)
    case 'parse': {
      const { runParseCommand } = await import('./parse-command.js')
      return runParseCommand(
        invocation.operands,
        (line) => process.stdout.write(`${line}\n`),
        (line) => process.stderr.write(`${line}\n`),
      )
    }
    case 'tap':
      return runTap(invocation)
    case 'enrol':
      return runEnrol(invocation)
    case 'doctor':
      return doctor(readConfig(invocation), (line) => process.stdout.write(`${line}\n`))
  }
}

async function run(invocation: Invocation): Promise<number> {
  const config = readConfig(invocation)
  armCrashPoint(invocation.crashAt)
  const log = makeLogger(config.logLevel)
  const agent = await Agent.make(config, log, { crashAt: invocation.crashAt })
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGINT', () => {
      resolve()
    })
    process.once('SIGTERM', () => {
      resolve()
    })
  })
  await agent.start()
  await stopped
  setTimeout(() => {
    log.error('stopping took too long')
    process.exit(1)
  }, STOP_MS_MAX).unref()
  await agent.stop()
  return 0
}

async function runTap(invocation: Invocation): Promise<number> {
  const { tap } = readConfig(invocation)
  if (!tap) throw new ConfigError('配置文件里没有 tap 一节')
  const child = spawn(process.execPath, tapArguments(tap), { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      child.kill(signal)
    })
  return new Promise((resolve) => {
    child.on('exit', (code) => {
      resolve(code ?? 1)
    })
  })
}

async function runEnrol(invocation: Invocation): Promise<number> {
  const code = invocation.operands[0]
  if (code === undefined) throw new ConfigError('用法：enrol 登记码 --server 服务器地址')
  const { dataDirectory, serverUrl } = readConfig(invocation)
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 })
  const key = loadKeyFile(join(dataDirectory, 'agent.key'))
  const wasEnrolled = readEnrolment(dataDirectory, key) !== null
  const client = new ServerClient(serverUrl, new Clock())
  const result = await enrol({ client, serverUrl, code, dataDirectory, key })
  await client.close()
  if (!result.ok) {
    process.stderr.write(`登记失败：${result.sentence}\n`)
    return 1
  }
  const { storeName, terminalCode } = result.answer
  process.stdout.write(`登记成功：${storeName}，收银台 ${terminalCode}\n`)
  if (wasEnrolled) process.stdout.write('这台机器换了登记，请重新启动收银助手\n')
  return 0
}
