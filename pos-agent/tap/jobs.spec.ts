import { describe, expect, it } from '@jest/globals'
import { JOB_BYTES_MAX, TapJobAssembler, type PrintJob } from './jobs.js'
import type { FrameKind } from './spool-format.js'
import type { TapFrame } from './spool-reader.js'

/** `A` and `B` are connections; frames get their sequence and position in the order they are made. */
class Wire {
  private readonly sequences = new Map<string, number>()
  private offset = 0

  frame(
    connectionId: string,
    kind: FrameKind,
    wallMs: number,
    text: string | Uint8Array = '',
  ): TapFrame {
    const sequence = this.sequences.get(connectionId) ?? 0
    this.sequences.set(connectionId, sequence + 1)
    const position = { segment: 1, offset: this.offset }
    this.offset += 10
    const nextPosition = { segment: 1, offset: this.offset }
    const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text
    return { connectionId, tapId: 't', sequence, kind, wallMs, bytes, position, nextPosition }
  }
}

const textOf = (job: PrintJob | undefined) => job && Buffer.from(job.bytes).toString('latin1')
const textsOf = (jobs: PrintJob[]) => jobs.map(textOf)

describe('print jobs', () => {
  it('ends a job when the till closes the connection', () => {
    const wire = new Wire()
    const assembler = new TapJobAssembler()
    assembler.push([
      wire.frame('A', 'open', 0),
      wire.frame('A', 'data', 1, 'rec'),
      wire.frame('A', 'data', 2, 'eipt'),
      wire.frame('A', 'close', 3),
    ])
    const { jobs, safePosition } = assembler.take(4)
    expect(jobs).toMatchObject([
      {
        id: 'A-1-2',
        endedBy: 'close',
        firstWallMs: 1,
        lastWallMs: 2,
        hasGap: false,
        isContinuation: false,
      },
    ])
    expect(textOf(jobs[0])).toBe('receipt')
    expect(safePosition).toEqual({ segment: 1, offset: 40 })
    expect(assembler.take(5000).jobs).toEqual([])
  })

  it('keeps two tills on one printer apart, and the position of the one still printing', () => {
    const wire = new Wire()
    const assembler = new TapJobAssembler()
    assembler.push([
      wire.frame('A', 'data', 0, 'a1'),
      wire.frame('B', 'data', 1, 'b1'),
      wire.frame('A', 'data', 2, 'a2'),
      wire.frame('A', 'close', 3),
      wire.frame('B', 'data', 4, 'b2'),
    ])
    const first = assembler.take(5)
    expect(textsOf(first.jobs)).toEqual(['a1a2'])
    expect(first.safePosition).toEqual({ segment: 1, offset: 10 })
    assembler.push([wire.frame('B', 'close', 6)])
    const second = assembler.take(7)
    expect(textsOf(second.jobs)).toEqual(['b1b2'])
    expect(second.safePosition).toEqual({ segment: 1, offset: 60 })
  })

  it('ends a job on a connection that stays open after 800 ms of silence', () => {
    const wire = new Wire()
    const assembler = new TapJobAssembler()
    assembler.push([wire.frame('A', 'data', 1000, 'one')])
    expect(assembler.take(1800).jobs).toEqual([])
    expect(assembler.take(1801).jobs).toMatchObject([{ id: 'A-0-0', endedBy: 'idle' }])
    assembler.push([wire.frame('A', 'data', 5000, 'two')])
    expect(assembler.take(9000).jobs).toMatchObject([{ id: 'A-1-1', isContinuation: false }])
  })

  it('judges a backlog by the times in it, not by the present', () => {
    const wire = new Wire()
    const assembler = new TapJobAssembler()
    assembler.push([wire.frame('A', 'data', 1000, 'fi')])
    expect(assembler.take(null).jobs).toEqual([])
    assembler.push([wire.frame('A', 'data', 1300, 'rst'), wire.frame('A', 'data', 3000, 'second')])
    expect(textsOf(assembler.take(null).jobs)).toEqual(['first'])
    assembler.push([wire.frame('B', 'data', 9000, 'later')])
    expect(textsOf(assembler.take(null).jobs)).toEqual(['second'])
  })

  it('says so when frames arrived too late and a job was cut in two', () => {
    const wire = new Wire()
    const assembler = new TapJobAssembler()
    assembler.push([wire.frame('A', 'data', 1000, 'head')])
    expect(assembler.take(2000).jobs).toHaveLength(1)
    assembler.push([wire.frame('A', 'data', 1100, 'tail'), wire.frame('A', 'close', 1101)])
    expect(assembler.take(2001).jobs).toMatchObject([{ isContinuation: true, endedBy: 'close' }])
  })

  it('caps a job at 2 MB and calls the rest a continuation', () => {
    const wire = new Wire()
    const assembler = new TapJobAssembler()
    const half = new Uint8Array(JOB_BYTES_MAX / 2)
    assembler.push([
      wire.frame('A', 'data', 1, half),
      wire.frame('A', 'data', 2, half),
      wire.frame('A', 'data', 3, 'rest'),
      wire.frame('A', 'close', 4),
    ])
    expect(assembler.take(5).jobs).toMatchObject([
      { endedBy: 'size', isContinuation: false, bytes: { length: JOB_BYTES_MAX } },
      { endedBy: 'close', isContinuation: true, bytes: { length: 4 } },
    ])
  })

  it('marks a job with a hole in it', () => {
    const wire = new Wire()
    const assembler = new TapJobAssembler()
    const [first, , third, close] = [
      wire.frame('A', 'data', 1, 'a'),
      wire.frame('A', 'data', 2, 'lost'),
      wire.frame('A', 'data', 3, 'c'),
      wire.frame('A', 'close', 4),
    ]
    assembler.push([first, third, close].filter((frame) => frame !== undefined))
    expect(assembler.take(5).jobs).toMatchObject([{ hasGap: true }])
  })

  it('marks a job whose end was lost', () => {
    const wire = new Wire()
    const assembler = new TapJobAssembler()
    const first = wire.frame('A', 'data', 1, 'a')
    wire.frame('A', 'data', 2, 'lost')
    assembler.push([first, wire.frame('A', 'close', 4)])
    expect(assembler.take(5).jobs).toMatchObject([{ hasGap: true, endedBy: 'close' }])
  })

  it('makes no job of questions about the printer, and lets none keep a job open', () => {
    const wire = new Wire()
    const assembler = new TapJobAssembler()
    const question = '\x10\x04\x01'
    assembler.push([wire.frame('A', 'data', 0, question), wire.frame('A', 'data', 5, '\x1dr\x01')])
    const idle = assembler.take(10_000)
    expect(idle).toEqual({ jobs: [], safePosition: { segment: 1, offset: 20 } })
    assembler.push([wire.frame('A', 'data', 20_000, 'receipt')])
    for (let ms = 20_300; ms < 22_000; ms += 300)
      assembler.push([wire.frame('A', 'data', ms, question)])
    expect(textOf(assembler.take(null).jobs[0])).toContain('receipt')
  })

  it('waits with a till that waits for a slow printer', () => {
    const wire = new Wire()
    const assembler = new TapJobAssembler()
    assembler.push([
      wire.frame('A', 'data', 0, 'head'),
      ...[400, 800, 1200, 1600].map((ms) => wire.frame('A', 'data', ms)),
      wire.frame('A', 'data', 2000, 'tail'),
      wire.frame('A', 'close', 2001),
    ])
    expect(textsOf(assembler.take(2002).jobs)).toEqual(['headtail'])
  })

  it('does not hold a job for hours when the clock is set back', () => {
    const wire = new Wire()
    const assembler = new TapJobAssembler()
    assembler.push([wire.frame('A', 'data', 30_000_000, 'receipt')])
    expect(assembler.take(1_200_000).jobs).toHaveLength(1)
  })

  it('gives the same job the same id when it is read again after a restart', () => {
    const wire = new Wire()
    const frames = [
      wire.frame('A', 'open', 0),
      wire.frame('A', 'data', 1, 'one'),
      wire.frame('B', 'data', 2, 'b'),
      wire.frame('A', 'data', 2000, 'two'),
      wire.frame('A', 'close', 2001),
    ]
    const once = new TapJobAssembler()
    once.push(frames)
    const again = new TapJobAssembler()
    again.push(frames.slice(2))
    const ids = once.take(null).jobs.map(({ id }) => id)
    expect(ids.sort()).toEqual(['A-1-1', 'A-2-2', 'B-0-0'])
    expect(
      again
        .take(null)
        .jobs.map(({ id }) => id)
        .sort(),
    ).toEqual(['A-2-2', 'B-0-0'])
  })
})
