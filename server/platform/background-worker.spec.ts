import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { BackgroundWorker } from './background-worker.js'
import { makeLogger } from './logger.js'

class Counting extends BackgroundWorker {
  left = 0
  steps = 0
  fails = false

  constructor(lines: string[], everyMs?: number) {
    super(makeLogger('warn', { write: (line) => lines.push(line) }), 'counting', everyMs)
  }

  protected step(): Promise<boolean> {
    this.steps += 1
    if (this.fails) return Promise.reject(new Error('no'))
    this.left -= 1
    return Promise.resolve(this.left > 0)
  }
}

describe('a worker in the background', () => {
  let lines: string[]
  beforeEach(() => {
    jest.useFakeTimers()
    lines = []
  })
  afterEach(() => {
    jest.useRealTimers()
  })

  it('takes steps at each look until none is left', async () => {
    const worker = new Counting(lines)
    worker.left = 3
    worker.start()
    await jest.advanceTimersByTimeAsync(999)
    expect(worker.steps).toBe(3)
    await jest.advanceTimersByTimeAsync(1)
    expect(worker.steps).toBe(4)
    await worker.stop()
    await jest.advanceTimersByTimeAsync(5_000)
    expect(worker.steps).toBe(4)
  })

  it('with a pace of its own looks that often, and not at the start; for tests at once', async () => {
    const worker = new Counting(lines, 10_000)
    worker.start()
    await jest.advanceTimersByTimeAsync(9_999)
    expect(worker.steps).toBe(0)
    await jest.advanceTimersByTimeAsync(1)
    expect(worker.steps).toBe(1)
    await jest.advanceTimersByTimeAsync(10_000)
    expect(worker.steps).toBe(2)
    await worker.drain()
    expect(worker.steps).toBe(3)
    await worker.stop()
  })

  it('says which round failed, and looks again', async () => {
    const worker = new Counting(lines)
    worker.fails = true
    worker.start()
    await jest.advanceTimersByTimeAsync(1_000)
    expect(worker.steps).toBe(2)
    expect(lines.join('')).toContain('a round of counting failed')
    await worker.stop()
  })
})
