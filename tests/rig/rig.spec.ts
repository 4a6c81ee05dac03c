import { afterAll, expect, it, describe } from '@jest/globals'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import mysql from 'mysql2/promise'
import { describeBrowser, launchBrowser } from './browser.js'
import { createFakeClock } from './clock.js'
import { describeEachDatabase } from './databases.js'
import { freePort, startProgram } from './processes.js'
import { describeRedis } from './redis.js'
import { findInFiles } from './secrets-scan.js'

describeEachDatabase('an opened database', (kit) => {
  it('is empty, takes Chinese text, and is gone after drop', async () => {
    const opened = await kit.open()
    expect(opened.kind).toBe(kit.kind)
    expect(existsSync(opened.directory)).toBe(true)
    expect(await storeAndRead(opened.url, '回客')).toBe('回客')
    const second = await kit.open()
    expect(await storeAndRead(second.url, '🧧')).toBe('🧧')
    await opened.drop()
    await opened.drop()
    expect(existsSync(opened.directory)).toBe(false)
    if (kit.kind === 'mariadb') {
      await expect(storeAndRead(opened.url, 'x')).rejects.toThrow(/Unknown database/)
    }
  })
})

describeRedis('the Redis of the rig', ({ url, freshPrefix }) => {
  it('answers and keeps keys of suites apart', async () => {
    const { Redis } = await import('ioredis')
    const client = new Redis(url)
    const key = `${freshPrefix()}:greeting`
    await client.set(key, '回客')
    expect(await client.get(key)).toBe('回客')
    expect(freshPrefix()).not.toBe(freshPrefix())
    await client.quit()
  })
})

describeBrowser('the browser of the rig', () => {
  it('shows a page', async () => {
    const browser = await launchBrowser()
    const page = await browser.newPage()
    await page.setContent('<h1>回客</h1>')
    expect(await page.textContent('h1')).toBe('回客')
    await browser.close()
  })
})

describe('a started program', () => {
  const serve = "console.log('up'); require('http').createServer((q, s) => s.end('ok'))"

  it('is awaited by line and by HTTP, then killed hard', async () => {
    const port = await freePort()
    const program = startProgram({ args: ['-e', `${serve}.listen(${port}, '127.0.0.1')`] })
    expect(await program.waitForLine(/^u/)).toBe('up')
    await program.waitForHttp(`http://127.0.0.1:${port}/`)
    expect(await program.kill9()).toEqual({ code: null, signal: 'SIGKILL' })
    expect(() => process.kill(program.pid, 0)).toThrow(/ESRCH/)
  })

  it('fails the wait with its last words when it exits early', async () => {
    const program = startProgram({ args: ['-e', "console.error('no key'); process.exit(3)"] })
    await expect(program.waitForLine(/ready/)).rejects.toThrow(/exited with 3[^]*no key/)
  })
})

describe('the fake clock', () => {
  it('moves only when told to', () => {
    const clock = createFakeClock(1000)
    clock.advance(500)
    expect(clock.nowMs()).toBe(1500)
    clock.set(7)
    expect(clock.nowMs()).toBe(7)
  })
})

describe('the scan for secrets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'huike-scan-'))
  const phone = '13800138000'
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  it.each([
    ['utf8', Buffer.from(`{"phone":"${phone}"}`)],
    ['utf16le', Buffer.from(`x${phone}y`, 'utf16le')],
    ['base64', Buffer.from(Buffer.from(phone).toString('base64'))],
    ['base64', Buffer.from(Buffer.from(`a${phone}bc`).toString('base64'))],
    ['base64', Buffer.from(Buffer.from(`ab${phone}c`).toString('base64url'))],
  ])('finds a number written as %s', (form, bytes) => {
    const path = join(folder, 'file.bin')
    writeFileSync(path, bytes)
    expect(findInFiles(folder, [phone, 'not there'])).toEqual([{ path, needle: phone, form }])
  })

  it('finds nothing in a file that holds another number', () => {
    writeFileSync(join(folder, 'file.bin'), '13800138001')
    expect(findInFiles(folder, [phone])).toEqual([])
  })
})

async function storeAndRead(url: string, text: string): Promise<unknown> {
  if (url.startsWith('sqlite:')) {
    const database = new Sqlite(url.slice('sqlite:'.length))
    database.exec('CREATE TABLE note (text TEXT)')
    database.prepare('INSERT INTO note VALUES (?)').run(text)
    const row = database.prepare('SELECT text FROM note').pluck().get()
    database.close()
    return row
  }
  const connection = await mysql.createConnection(url)
  try {
    await connection.query('CREATE TABLE note (text VARCHAR(40))')
    await connection.execute('INSERT INTO note VALUES (?)', [text])
    const [rows] = await connection.query<mysql.RowDataPacket[]>('SELECT text FROM note')
    return rows[0]?.['text'] as unknown
  } finally {
    await connection.end()
  }
}
