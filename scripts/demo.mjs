// The whole suite on one machine, as a shop would run it: server, agent, tap, a till that prints, a
// printer. Everything lives in .data/demo; Ctrl-C stops all of it; `--fresh` starts over.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BuildError, buildMiniapp, buildPages, buildPrograms, ROOT, runMain } from './build.mjs'

const DATA = join(ROOT, '.data', 'demo')
const KEYRING = join(ROOT, '.data', 'demo-keyring.json')
const SERVER = 'http://127.0.0.1:3000'
const CASHIER = 'http://127.0.0.1:3100'
const TAP_PORT = 19100
const PRINTER_PORT = 19101
const SALE_EVERY_MS = 20_000
const READY_MS_MAX = 30_000
const STOP_MS_MAX = 15_000
const POLL_MS = 150

const children = []
let stopping = false

await runMain(async () => {
  const startedMs = Date.now()
  if (process.argv.includes('--fresh'))
    for (const path of [DATA, KEYRING]) rmSync(path, { recursive: true, force: true })
  mkdirSync(DATA, { recursive: true, mode: 0o700 })
  await checkPorts()
  await buildPrograms()
  await buildPages()
  const environment = serverEnvironment()
  await prepare(environment)
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  start('服务器', 'server/dist/main.js', [], environment)
  await answers(`${SERVER}/readyz`)
  await enrolAgent(environment)
  startShop()
  await answers(`${CASHIER}/readyz`)
  tell(startedMs)
  await buildMiniapp('h5')
  if (!stopping) say(`会员小程序已就绪：${SERVER}/m/`)
})

/** Refuses to start halfway: every port must be free. */
async function checkPorts() {
  for (const port of [3000, 3100, TAP_PORT, PRINTER_PORT]) {
    const free = await new Promise((resolve) => {
      const probe = createServer()
      probe.once('error', () => resolve(false))
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
    })
    if (!free)
      throw new BuildError(`端口 ${port} 已被占用，请先关掉占用它的程序(另一个演示?)再试。`)
  }
}

function serverEnvironment() {
  return {
    HUIKE_DATABASE_URL: `sqlite:${join(DATA, 'huike.sqlite')}`,
    HUIKE_DATA_DIR: DATA,
    HUIKE_PORT: '3000',
    HUIKE_KEYRING: KEYRING,
    HUIKE_SANDBOX: '1',
    HUIKE_LOG_LEVEL: 'warn',
  }
}

/** First run only: the keyring, demo stores, members and two months of purchases. */
async function prepare(environment) {
  const keyring = join(ROOT, 'server/dist/platform/keyring.js')
  const { ensureKeyring } = await import(keyring)
  ensureKeyring(environment.HUIKE_KEYRING)
  await runOnce('server/dist/cli/main.js', ['seed'], environment)
}

/** First run only: a one-time code from the server, used up by the agent. */
async function enrolAgent(environment) {
  const directory = join(DATA, 'agent')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  writeFileSync(join(DATA, 'agent.json'), JSON.stringify(agentConfig(directory), null, 2))
  if (existsSync(join(directory, 'enrolment.json'))) return
  const words = ['terminal', 'enrol', 'S01', '01']
  const code = (await runOnce('server/dist/cli/main.js', words, environment)).trim()
  await runOnce('pos-agent/dist/service/main.js', ['enrol', code, ...configWords()], {})
}

function agentConfig(directory) {
  return {
    dataDirectory: directory,
    serverUrl: SERVER,
    cashier: { port: 3100 },
    tap: { ...tapConfig(), supervise: false },
    drop: { directory: join(DATA, 'drop') },
    logLevel: 'warn',
  }
}

function tapConfig() {
  const directory = join(DATA, 'tap')
  return {
    tapId: 'demo',
    listenHost: '127.0.0.1',
    listenPort: TAP_PORT,
    printerHost: '127.0.0.1',
    printerPort: PRINTER_PORT,
    spoolDirectory: join(directory, 'spool'),
    keyFile: join(directory, 'tap.key'),
    statusFile: join(directory, 'status.json'),
  }
}

function configWords() {
  return ['--config', join(DATA, 'agent.json')]
}

function startShop() {
  for (const folder of ['tap', 'drop']) mkdirSync(join(DATA, folder), { recursive: true })
  start('打印监听', 'pos-agent/dist/tap/main.js', [JSON.stringify(tapConfig())])
  start('收银台', 'pos-agent/dist/service/main.js', configWords())
  const till = {
    tillPort: TAP_PORT,
    printerPort: PRINTER_PORT,
    printerFile: join(DATA, 'printed.bin'),
    storeName: '人民路店',
    terminalNo: '01',
    intervalMs: SALE_EVERY_MS,
    seed: 1,
    layouts: ['supermarket80', 'convenience58', 'restaurant80', 'beauty58'],
  }
  start('收银机', 'pos-agent/dist/simulator/main.js', [JSON.stringify(till)])
}

function tell(startedMs) {
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1)
  say(`
回客已启动（${seconds} 秒）。数据在 .data/demo，按 Ctrl-C 全部停止。

  收银台页面    ${CASHIER}/      输入手机号，第 11 位自动查询；F1–F5 把小票记给会员，* 用积分抵现
  会员小程序    ${SERVER}/m/     H5 版，正在准备；用任意手机号登录(试用环境)
  管理后台      ${SERVER}/console/   账号 demo  密码 huike-demo
  接口文档      ${SERVER}/docs

  昨天的活动“老朋友回来看看”送了券：在小程序里登录 13800138011 看还没用的，13800138005 看用掉的；
  后台“活动”看结果，“优惠券”看券，小程序首页“券包”可以买一组券(试用环境不扣钱)。

  演示会员手机号 13800138000 到 13800138023。收银机每 ${SALE_EVERY_MS / 1000} 秒打印一张小票：
`)
}

function start(name, entry, words, environment = {}) {
  const child = spawn(process.execPath, [join(ROOT, entry), ...words], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own group: Ctrl-C reaches this script alone, which then stops all in order.
    detached: true,
  })
  const tellLines = (chunk) => {
    for (const line of String(chunk).split('\n')) if (line.trim()) say(`[${name}] ${line}`)
  }
  child.stdout.on('data', tellLines)
  child.stderr.on('data', tellLines)
  const gone = new Promise((resolve) => child.once('exit', resolve))
  children.push({ name, child, gone })
  void gone.then((code) => {
    if (stopping) return
    say(`[${name}] 意外停止(${code})，演示随之停止。`)
    process.exitCode = 1
    void stop()
  })
}

/** Stops the last started first: till, agent, tap, then the server. */
async function stop() {
  if (stopping) return
  stopping = true
  say('\n正在停止……')
  for (const { child, gone } of children.reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGTERM')
    const late = sleep(STOP_MS_MAX).then(() => 'late')
    if ((await Promise.race([gone, late])) === 'late') child.kill('SIGKILL')
  }
  say('已停止。')
  process.exit()
}

async function answers(url) {
  const deadlineMs = Date.now() + READY_MS_MAX
  while (Date.now() < deadlineMs && !stopping) {
    const response = await fetch(url).catch(() => null)
    if (response?.ok) return
    await sleep(POLL_MS)
  }
  if (!stopping) throw new BuildError(`${url} 没有按时就绪`)
}

function runOnce(entry, words, environment) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, entry), ...words], {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let errors = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (errors += chunk))
    child.once('exit', (code) => {
      if (code === 0) resolve(output)
      else reject(new BuildError(`${words.join(' ')}: ${errors || output}`))
    })
  })
}

function say(line) {
  process.stdout.write(`${line}\n`)
}

process.on('exit', () => {
  for (const { child } of children) if (child.exitCode === null) child.kill('SIGKILL')
})
