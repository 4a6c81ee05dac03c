import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Rounds } from './rounds.js'

describe('rounds of work in the background', () => {
  let begun: number
  let end: (() => void)[]
  let told: unknown[]
  let rounds: Rounds

  beforeEach(() => {
    jest.useFakeTimers()
    begun = 0
    end = []
    told = []
    rounds = new Rounds(
      () => {
        begun += 1
        return new Promise<void>((resolve) => end.push(resolve))
      },
      (error) => told.push(error),
    )
  })

  afterEach(() => {
    jest.useRealTimers()
  })

  async function endOne(): Promise<void> {
    end.shift()?.()
    await jest.advanceTimersByTimeAsync(0)
  }

  it('look at once and every second, and never run two at a time', async () => {
    rounds.start()
    expect(begun).toBe(1)
    await jest.advanceTimersByTimeAsync(5_000)
    rounds.wake()
    expect(begun).toBe(1)
    await endOne()
    await jest.advanceTimersByTimeAsync(999)
    expect(begun).toBe(1)
    await jest.advanceTimersByTimeAsync(1)
    expect(begun).toBe(2)
    const stopped = rounds.stop()
    await endOne()
    await stopped
    expect(jest.getTimerCount()).toBe(0)
  })

  it('end the one under way before they are stopped, and begin no other', async () => {
    rounds.start()
    let isOver = false
    const stopped = rounds.stop().then(() => {
      isOver = true
    })
    await jest.advanceTimersByTimeAsync(3_000)
    expect([rounds.isStopped, isOver]).toEqual([true, false])
    await endOne()
    await stopped
    rounds.wake()
    await jest.advanceTimersByTimeAsync(3_000)
    expect(begun).toBe(1)
  })

  it('tell of one that fails and try again', async () => {
    const failure = new Error('no database')
    const outcomes = [Promise.reject(failure), Promise.resolve()]
    const failing = new Rounds(
      () => outcomes.shift() ?? Promise.reject(new Error('a third')),
      (error) => told.push(error),
    )
    failing.start()
    await jest.advanceTimersByTimeAsync(1_000)
    await failing.stop()
    expect(told).toEqual([failure])
    expect(outcomes).toEqual([])
  })

  it('are drained when a step finds nothing and no round is under way', async () => {
    rounds.wake()
    let left = 2
    let isDrained = false
    const drained = rounds
      .drain(() => {
        // One that was woken meanwhile is waited for as well.
        if (left === 0 && begun === 1) rounds.wake()
        left -= 1
        return Promise.resolve(left >= 0)
      })
      .then(() => {
        isDrained = true
      })
    await jest.advanceTimersByTimeAsync(0)
    expect([begun, left, isDrained]).toEqual([1, 2, false])
    await endOne()
    expect([begun, left, isDrained]).toEqual([2, -1, false])
    await endOne()
    await drained
    expect(left).toBe(-2)
  })
})
