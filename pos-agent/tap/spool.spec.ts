import { randomBytes } from 'node:crypto'
import { mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Alarms } from './alarms.js'
import { nodeFiles, slowFiles, type SpoolFiles } from './spool-files.js'
import {
  encodeFrame,
  openFrame,
  sealedFrameAt,
  segmentName,
  type SpoolFrame,
} from './spool-format.js'
import { loadOrCreateKey } from './spool-key.js'
import { SpoolReader, type TapFrame } from './spool-reader.js'
import { SpoolWriter, type SpoolWriterOptions } from './spool-writer.js'

const CONNECTION = '01JABCDEFGHJKMNPQRSTVWXYZ0'
const RETRY_MS = 20

let folder: string
let directory: string
let keyFile: string
let said: string[]
let alarms: Alarms
const writers: SpoolWriter[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tap-spool-'))
  directory = join(folder, 'spool')
  keyFile = join(folder, 'key')
  said = []
  alarms = new Alarms((line) => said.push(line))
})
afterEach(async () => {
  for (const writer of writers.splice(0)) await writer.close(0)
  await rm(folder, { recursive: true, force: true })
})

function writerWith(options: Partial<SpoolWriterOptions> = {}): SpoolWriter {
  const writer = new SpoolWriter({ directory, keyFile, alarms, retryMs: RETRY_MS, ...options })
  writers.push(writer)
  return writer
}

async function readerOf(): Promise<SpoolReader> {
  return new SpoolReader({ directory, key: await readFile(keyFile) })
}

let clockMs = 1_750_000_000_000
function frameOf(
  sequence: number,
  bytes: Uint8Array | string = `job ${String(sequence)}`,
): SpoolFrame {
  const data = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  clockMs += 1
  return {
    connectionId: CONNECTION,
    tapId: '前台',
    sequence,
    kind: 'data',
    wallMs: clockMs,
    bytes: data,
  }
}

async function spoolOf(count: number, options: Partial<SpoolWriterOptions> = {}): Promise<void> {
  const writer = writerWith(options)
  for (let sequence = 0; sequence < count; sequence += 1) writer.push(frameOf(sequence))
  await writer.flush(5000)
}

async function readAll(framesMax: number): Promise<{ frames: TapFrame[]; damaged: number }> {
  const reader = await readerOf()
  const frames: TapFrame[] = []
  let next = null
  for (let calls = 0; calls < 1000; calls += 1) {
    const read = await reader.read(next, framesMax)
    frames.push(...read.frames)
    next = read.next
    if (read.isCaughtUp) return { frames, damaged: reader.damagedTotal }
  }
  throw new Error('the reader never caught up')
}

async function segmentFiles(): Promise<string[]> {
  return (await readdir(directory)).sort().map((name) => join(directory, name))
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await isTrue()) return
    await new Promise((done) => setTimeout(done, 10))
  }
  throw new Error('it never happened')
}

describe('a frame', () => {
  const key = randomBytes(32)

  it('comes back as it went in', () => {
    const frame = frameOf(7, randomBytes(4000))
    const encoded = encodeFrame(frame, key)
    const sealed = sealedFrameAt(encoded, 0)
    expect(sealed && openFrame(sealed, key)).toEqual(frame)
  })

  it('shows no phone number on disk', async () => {
    await spoolOf(0)
    const writer = writerWith()
    writer.push(frameOf(0, '会员 13812345678'))
    await writer.flush(5000)
    const [file = ''] = await segmentFiles()
    expect((await readFile(file)).includes('13812345678')).toBe(false)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await readAll(10)).frames[0]?.bytes.toString()).toBe('会员 13812345678')
  })

  it('is not opened by another key, nor when a bit changed behind the checksum', () => {
    const sealed = sealedFrameAt(encodeFrame(frameOf(1), key), 0)
    if (!sealed) throw new Error('no frame')
    expect(openFrame(sealed, randomBytes(32))).toBeNull()
    const changed = Buffer.from(sealed)
    changed[40] = (changed[40] ?? 0) ^ 1
    expect(openFrame(changed, key)).toBeNull()
  })

  it('is not seen at any length short of its own', () => {
    const encoded = encodeFrame(frameOf(1), key)
    for (let length = 0; length < encoded.length; length += 1)
      expect(sealedFrameAt(encoded.subarray(0, length), 0)).toBeNull()
  })
})

describe('the key', () => {
  it('is made once, for its owner only, and read from then on', async () => {
    const made = await loadOrCreateKey(keyFile)
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600)
    expect(await loadOrCreateKey(keyFile)).toEqual(made)
  })

  it('is never replaced when the file is damaged', async () => {
    await writeFile(keyFile, 'short')
    await expect(loadOrCreateKey(keyFile)).rejects.toThrow('5 bytes instead of 32')
    expect(await readFile(keyFile, 'utf8')).toBe('short')
  })
})

describe('writing and reading', () => {
  it('gives back every frame in order, over many segments, however few at a time', async () => {
    await spoolOf(200, { segmentBytes: 2000 })
    expect((await segmentFiles()).length).toBeGreaterThan(1)
    for (const framesMax of [1, 7, 1000]) {
      const { frames, damaged } = await readAll(framesMax)
      expect(frames.map(({ sequence }) => sequence)).toEqual([...Array(200).keys()])
      expect(damaged).toBe(0)
    }
  })

  it('reads nothing where there is no spool yet, and finds it when it comes', async () => {
    await loadOrCreateKey(keyFile)
    const reader = await readerOf()
    const nothing = await reader.read(null, 10)
    expect(nothing).toMatchObject({ frames: [], isCaughtUp: true })
    await spoolOf(3)
    expect((await reader.read(nothing.next, 10)).frames).toHaveLength(3)
  })

  it('goes on from a position with what came later', async () => {
    const writer = writerWith()
    writer.push(frameOf(0))
    await writer.flush(5000)
    const reader = await readerOf()
    const first = await reader.read(null, 10)
    writer.push(frameOf(1))
    await writer.flush(5000)
    const second = await reader.read(first.next, 10)
    expect(second.frames.map(({ sequence }) => sequence)).toEqual([1])
    expect(second.frames[0]?.position).toEqual(first.next)
    expect(second.frames[0]?.nextPosition).toEqual(second.next)
  })

  it('deletes what is acknowledged, and never the newest segment', async () => {
    // A batch is at most 64 frames, so 300 frames make several segments.
    await spoolOf(300, { segmentBytes: 1000 })
    const reader = await readerOf()
    const { next } = await reader.read(null, 1000)
    const before = await segmentFiles()
    await reader.acknowledge(next)
    expect(await segmentFiles()).toEqual(before.slice(-1))
    expect((await reader.read(next, 10)).frames).toEqual([])
  })

  it('begins a new segment after a restart and leaves the old one alone', async () => {
    await spoolOf(2)
    const [old = ''] = await segmentFiles()
    const before = await readFile(old)
    await spoolOf(2)
    expect(await segmentFiles()).toHaveLength(2)
    expect(await readFile(old)).toEqual(before)
  })

  it('starts over when the spool was emptied and the clock set back', async () => {
    await loadOrCreateKey(keyFile)
    const reader = await readerOf()
    await spoolOf(3)
    const read = await reader.read({ segment: 999_999_999_999, offset: 77 }, 10)
    expect(read.frames).toHaveLength(3)
  })
})

describe('damage', () => {
  it('waits at a torn tail while it may still be written, and steps over it later', async () => {
    await spoolOf(3)
    const [file = ''] = await segmentFiles()
    await truncate(file, (await stat(file)).size - 5)
    expect(await readAll(10)).toMatchObject({ frames: { length: 2 }, damaged: 0 })
    await spoolOf(1)
    expect(await readAll(10)).toMatchObject({ frames: { length: 3 }, damaged: 1 })
  })

  it('loses only the frame that is damaged in the middle', async () => {
    await spoolOf(5)
    const { frames } = await readAll(10)
    const offset = frames[2]?.position.offset ?? 0
    const [file = ''] = await segmentFiles()
    for (const at of [offset, offset + 4, offset + 60]) {
      const whole = await readFile(file)
      const hurt = Buffer.from(whole)
      hurt[at] = (hurt[at] ?? 0) ^ 0xff
      await writeFile(file, hurt)
      const read = await readAll(2)
      expect(read.frames.map(({ sequence }) => sequence)).toEqual([0, 1, 3, 4])
      expect(read.damaged).toBe(1)
      await writeFile(file, whole)
    }
  })

  it('survives a segment of noise, and one of nothing', async () => {
    await spoolOf(1)
    const [file = ''] = await segmentFiles()
    const number = Number(/\d{12}/.exec(file)?.[0])
    await writeFile(join(directory, segmentName(number + 1)), randomBytes(5000))
    await writeFile(join(directory, segmentName(number + 2)), '')
    await spoolOf(1)
    expect(await readAll(10)).toMatchObject({ frames: { length: 2 }, damaged: 1 })
  })

  it('counts what another key sealed and goes on', async () => {
    await spoolOf(2)
    await rm(keyFile)
    await spoolOf(2)
    expect(await readAll(10)).toMatchObject({ frames: { length: 2 }, damaged: 2 })
  })
})

/** The real disk whose writes fail while `isBroken`, after a part of each batch went through. */
function fullDisk(): { files: SpoolFiles; state: { isBroken: boolean } } {
  const state = { isBroken: true }
  const files: SpoolFiles = {
    ...nodeFiles,
    async open(path, flags, mode) {
      const file = await open(path, flags, mode)
      if (path === keyFile) return file
      return {
        async write(bytes, offset, length, position) {
          if (!state.isBroken) return file.write(bytes, offset, length, position)
          await file.write(bytes, offset, Math.min(length, 30), position)
          throw new Error('ENOSPC: no space left on device')
        },
        truncate: (length) => file.truncate(length),
        datasync: () => file.datasync(),
        stat: () => file.stat(),
        close: () => file.close(),
      }
    },
  }
  return { files, state }
}

describe('a disk that refuses', () => {
  it('keeps what a full disk would not take and writes it, whole, when there is room', async () => {
    const { files, state } = fullDisk()
    const writer = writerWith({ files })
    for (let sequence = 0; sequence < 5; sequence += 1) writer.push(frameOf(sequence))
    await until(() => alarms.list().some(({ code }) => code === 'spool_failed'))
    expect(alarms.list()[0]?.detail).toContain('ENOSPC')
    state.isBroken = false
    await writer.flush(5000)
    expect(await readAll(10)).toMatchObject({ frames: { length: 5 }, damaged: 0 })
    expect(await segmentFiles()).toHaveLength(1)
    expect(alarms.list()).toEqual([])
    expect(said).toEqual([expect.stringContaining('ALARM spool_failed'), 'over spool_failed'])
  })

  it('bounds what waits in memory and counts what is lost', async () => {
    const { files } = fullDisk()
    const writer = writerWith({ files, queueBytesMax: 10_000 })
    for (let sequence = 0; sequence < 100; sequence += 1)
      writer.push(frameOf(sequence, randomBytes(872)))
    expect(writer.status()).toMatchObject({ queuedBytes: 10_000, framesLost: 90 })
    expect(alarms.list().map(({ code }) => code)).toContain('queue_full')
  })

  it('stops at the cap without touching unread frames, and goes on when they were read', async () => {
    const options = { segmentBytes: 2000, spoolBytesMax: 14_000 }
    const writer = writerWith(options)
    for (let sequence = 0; sequence < 200; sequence += 1) {
      writer.push(frameOf(sequence))
      if (sequence % 10 === 0) await new Promise((done) => setTimeout(done, 1))
    }
    await until(() => alarms.list().some(({ code }) => code === 'spool_full'))
    const { framesWritten, spoolBytes, framesLost } = writer.status()
    expect(framesWritten).toBeLessThan(200)
    expect(spoolBytes).toBeLessThanOrEqual(14_000)
    expect(framesLost).toBe(0)
    const reader = await readerOf()
    const seen: number[] = []
    let next = null
    while (seen.length < 200) {
      const read = await reader.read(next, 50)
      next = read.next
      seen.push(...read.frames.map(({ sequence }) => sequence))
      await reader.acknowledge(next)
      await new Promise((done) => setTimeout(done, 5))
    }
    expect(seen).toEqual([...Array(200).keys()])
    expect(alarms.list()).toEqual([])
  })

  it('writes to a new place when the directory is taken away', async () => {
    const writer = writerWith()
    writer.push(frameOf(0))
    await writer.flush(5000)
    await rm(directory, { recursive: true })
    await new Promise((done) => setTimeout(done, 1100))
    writer.push(frameOf(1))
    await writer.flush(5000)
    expect((await readAll(10)).frames.map(({ sequence }) => sequence)).toEqual([1])
  })

  it('says so when the place cannot be made, and captures once it can', async () => {
    await writeFile(directory, 'a file stands in the way')
    const writer = writerWith()
    writer.push(frameOf(0))
    await until(() => alarms.list().some(({ code }) => code === 'spool_failed'))
    await rm(directory)
    await writer.flush(5000)
    expect((await readAll(10)).frames).toHaveLength(1)
  })

  it('says so when there is no key, and captures once there is', async () => {
    await writeFile(keyFile, 'short')
    const writer = writerWith()
    writer.push(frameOf(0))
    await until(() => alarms.list().some(({ code }) => code === 'key_unavailable'))
    await rm(keyFile)
    await writer.flush(5000)
    expect((await readAll(10)).frames).toHaveLength(1)
    expect(alarms.list()).toEqual([])
  })

  it('is readable long before a slow sync is over', async () => {
    const writer = writerWith({ files: slowFiles(500) })
    await loadOrCreateKey(keyFile)
    const startMs = performance.now()
    for (let sequence = 0; sequence < 50; sequence += 1) writer.push(frameOf(sequence))
    await until(async () => (await readAll(100)).frames.length === 50)
    expect(performance.now() - startMs).toBeLessThan(400)
    await writer.flush(5000)
  })
})
