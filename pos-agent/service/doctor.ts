import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { tokenAnswerSchema } from '@huike/shared/contracts/agent'
import { Clock } from '../platform/clock.js'
import type { AgentConfig } from '../platform/config.js'
import { loadKeyFile } from '../platform/key-file.js'
import { readEnrolment } from '../store/enrolment.js'
import type { Enrolment } from '../store/enrolment.js'
import { signAssertion } from '../uplink/device-token.js'
import { ServerClient } from '../uplink/server-client.js'
import { tapState } from './tap-supervisor.js'

// Looks at everything an installation needs and says in one Chinese line each how it is. It changes
// nothing, and may run beside the agent.

const FREE_MEGABYTES_MIN = 512
const FREE_MEGABYTES_FAIL = 64
const FSYNC_MS_WARN = 100
const FSYNC_MS_FAIL = 2_000
const FSYNC_ROUNDS = 5
const OFFSET_MS_WARN = 5_000
const OFFSET_MS_FAIL = 120_000
const CONNECT_MS_MAX = 3_000
const MEGABYTE = 1_048_576
/** 小票 in GB18030: what most Chinese printers are sent. */
const GB18030_SAMPLE = Buffer.from([0xd0, 0xa1, 0xc6, 0xb1])

interface Finding {
  level: 'ok' | 'warn' | 'fail'
  text: string
}

const MARKS = { ok: '✓', warn: '!', fail: '✗' } as const

/** Runs all checks, prints a line each; 1 when one of them fails. */
export async function doctor(config: AgentConfig, print: (line: string) => void): Promise<number> {
  let isFailed = false
  const tell = (finding: Finding): void => {
    isFailed ||= finding.level === 'fail'
    print(`${MARKS[finding.level]} ${finding.text}`)
  }
  mkdirSync(config.dataDirectory, { recursive: true, mode: 0o700 })
  tell(checkDisk(config.dataDirectory))
  tell(checkFsync(config.dataDirectory))
  tell(checkEncoding())
  const { finding, enrolment } = checkKey(config)
  tell(finding)
  for (const found of await checkServer(config, enrolment)) tell(found)
  for (const found of await checkTap(config)) tell(found)
  tell(checkDrop(config))
  print(isFailed ? '有问题需要处理(见 ✗ 行)' : '检查完成，可以使用')
  return isFailed ? 1 : 0
}

function checkDisk(directory: string): Finding {
  const stats = statfsSync(directory)
  const free = Math.floor((stats.bavail * stats.bsize) / MEGABYTE)
  const text = `磁盘剩余 ${String(free)} MB(${directory})`
  if (free < FREE_MEGABYTES_FAIL) return { level: 'fail', text: `${text}，太少，采集会停止` }
  if (free < FREE_MEGABYTES_MIN) return { level: 'warn', text: `${text}，偏少，请清理` }
  return { level: 'ok', text }
}

function checkFsync(directory: string): Finding {
  const path = join(directory, 'doctor.tmp')
  const file = openSync(path, 'w', 0o600)
  let slowestMs = 0
  try {
    for (let round = 0; round < FSYNC_ROUNDS; round += 1) {
      const begunMs = performance.now()
      writeSync(file, Buffer.alloc(4_096, round))
      fsyncSync(file)
      slowestMs = Math.max(slowestMs, performance.now() - begunMs)
    }
  } finally {
    closeSync(file)
    rmSync(path, { force: true })
  }
  const text = `磁盘写入确认最慢 ${slowestMs.toFixed(1)} 毫秒`
  if (slowestMs > FSYNC_MS_FAIL) return { level: 'fail', text: `${text}，磁盘可能有故障` }
  return slowestMs > FSYNC_MS_WARN
    ? { level: 'warn', text: `${text}，偏慢，不影响打印` }
    : { level: 'ok', text }
}

function checkEncoding(): Finding {
  const isFine = new TextDecoder('gb18030').decode(GB18030_SAMPLE) === '小票'
  return isFine
    ? { level: 'ok', text: '中文编码(GB18030)可以识别' }
    : { level: 'fail', text: '本机的 Node.js 不带完整中文编码，请使用官方版本' }
}

function checkKey(config: AgentConfig): { finding: Finding; enrolment: Enrolment | null } {
  try {
    const key = loadKeyFile(join(config.dataDirectory, 'agent.key'))
    const enrolment = readEnrolment(config.dataDirectory, key)
    const finding: Finding = enrolment
      ? {
          level: 'ok',
          text: `密钥权限正确；已登记：${enrolment.storeName}，收银台 ${enrolment.terminalCode}`,
        }
      : { level: 'fail', text: '密钥权限正确，但收银台还没有登记，请执行 enrol 登记码' }
    return { finding, enrolment }
  } catch (error) {
    return { finding: { level: 'fail', text: (error as Error).message }, enrolment: null }
  }
}

async function checkServer(config: AgentConfig, enrolment: Enrolment | null): Promise<Finding[]> {
  const clock = new Clock()
  const client = new ServerClient(config.serverUrl, clock)
  try {
    const assertion = enrolment ? signAssertion({ ...enrolment, nowMs: clock.wallMs() }) : 'doctor'
    const exchange = await client.ask({
      method: 'POST',
      path: 'agent/v1/token',
      body: { assertion },
    })
    const offset = checkOffset(clock.offsetMs())
    switch (exchange.kind) {
      case 'unreachable':
        return [{ level: 'fail', text: `连不上服务器 ${config.serverUrl}:${exchange.reason}` }]
      case 'stranger':
        return [
          {
            level: 'fail',
            text: `${config.serverUrl} 的回答不是回客服务器的(状态 ${String(exchange.status)})，请检查地址或网络登录页`,
          },
        ]
      case 'problem': {
        const isOurFault = enrolment !== null
        const text = `服务器可以连接：${exchange.problem.title}`
        return [{ level: isOurFault ? 'fail' : 'ok', text }, ...offset]
      }
      case 'answer': {
        const isToken = tokenAnswerSchema.safeParse(exchange.body).success
        const text = isToken ? '服务器可以连接，登记有效' : '服务器可以连接，但回答的格式不认识'
        return [{ level: isToken ? 'ok' : 'fail', text }, ...offset]
      }
    }
  } finally {
    await client.close()
  }
}

function checkOffset(offsetMs: number | null): Finding[] {
  if (offsetMs === null) return []
  const seconds = (Math.abs(offsetMs) / 1_000).toFixed(1)
  const text = `本机时间比服务器${offsetMs < 0 ? '快' : '慢'} ${seconds} 秒`
  if (Math.abs(offsetMs) > OFFSET_MS_FAIL)
    return [{ level: 'fail', text: `${text}，请校准；若每次开机都错，主板电池可能没电了` }]
  return [{ level: Math.abs(offsetMs) > OFFSET_MS_WARN ? 'warn' : 'ok', text }]
}

async function checkTap(config: AgentConfig): Promise<Finding[]> {
  const { tap } = config
  if (!tap) return [{ level: 'warn', text: '没有配置打印接入' }]
  const where = `${tap.printerHost}:${String(tap.printerPort)}`
  const isReachable = await canConnect(tap.printerHost, tap.printerPort)
  const state = tapState(tap)
  return [
    isReachable
      ? { level: 'ok', text: `打印机 ${where} 可以连接` }
      : { level: 'fail', text: `打印机 ${where} 连不上，请检查电源、网线和地址` },
    state === 'running'
      ? { level: 'ok', text: '打印接入程序在运行' }
      : { level: 'warn', text: '打印接入程序没有运行' },
  ]
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_MS_MAX })
    const finish = (isConnected: boolean): void => {
      socket.destroy()
      resolve(isConnected)
    }
    socket.once('connect', () => {
      finish(true)
    })
    socket.once('timeout', () => {
      finish(false)
    })
    socket.once('error', () => {
      finish(false)
    })
  })
}

function checkDrop(config: AgentConfig): Finding {
  if (!config.drop) return { level: 'ok', text: '没有配置文件接入' }
  const { directory } = config.drop
  try {
    return statSync(directory).isDirectory()
      ? { level: 'ok', text: `文件接入目录 ${directory} 可以读取` }
      : { level: 'fail', text: `${directory} 不是目录` }
  } catch {
    return { level: 'fail', text: `文件接入目录 ${directory} 不存在或没有权限` }
  }
}
