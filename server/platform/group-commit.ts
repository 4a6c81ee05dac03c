import type { Database, Tx } from './database.js'

// Group commit: what queued while the last transaction flew goes into the next, and a group takes off
// as soon as a turn of the event loop brought nothing more for it. No timer: alone, an item commits at
// once; under load, one durable commit serves many. One bad item never fails its neighbours: a group
// that fails is undone and its items are run one by one.

const ITEMS_PER_GROUP_MAX = 64
const QUEUED_MAX = 5_000
/** On SQLite there is one writer; on MySQL groups overlap while others wait for their commit. */
const GROUPS_AT_ONCE = { sqlite: 1, mysql: 4 } as const

export interface GroupOptions<In> {
  /** How much of a group an item takes up; 1 unless told. */
  weightOf?: (input: In) => number
  /** Fewer where groups would only wait for each other's rows: then one large one is faster. */
  groupsAtOnce?: number
}

interface Waiting<In, Out> {
  input: In
  weight: number
  resolve: (output: Out) => void
  reject: (reason: unknown) => void
}

/** Thrown by `submit` when too much waits already; nothing was done. */
export class GroupQueueFull extends Error {
  override readonly name = 'GroupQueueFull'
}

/**
 * Runs items through one function in groups. `work` gets a group and answers one output per input,
 * in order; it may be called again for the same item when its group failed.
 */
export class GroupCommit<In, Out> {
  readonly #database: Database
  readonly #work: (tx: Tx, inputs: readonly In[]) => Promise<Out[]>
  readonly #weightOf: (input: In) => number
  readonly #groupsAtOnce: number
  readonly #queue: Waiting<In, Out>[] = []
  #queuedWeight = 0
  #isGathering = false
  #flying = 0

  constructor(
    database: Database,
    work: (tx: Tx, inputs: readonly In[]) => Promise<Out[]>,
    { weightOf = () => 1, groupsAtOnce = Infinity }: GroupOptions<In> = {},
  ) {
    this.#database = database
    this.#work = work
    this.#weightOf = weightOf
    this.#groupsAtOnce = Math.min(groupsAtOnce, GROUPS_AT_ONCE[database.dialect])
  }

  /** Queues one item; resolves when it is durably committed, rejects with what it threw. */
  submit(input: In): Promise<Out> {
    if (this.#queue.length >= QUEUED_MAX)
      return Promise.reject(new GroupQueueFull('too many items wait to be written'))
    return new Promise((resolve, reject) => {
      const weight = this.#weightOf(input)
      this.#queue.push({ input, weight, resolve, reject })
      this.#queuedWeight += weight
      this.#gather()
    })
  }

  /** Launches after the first turn of the loop that added nothing, or once a group is full. */
  #gather(): void {
    if (this.#isGathering || this.#queue.length === 0 || this.#isFull()) return
    this.#isGathering = true
    const seenWeight = this.#queuedWeight
    setImmediate(() => {
      this.#isGathering = false
      const isGrowing = this.#queuedWeight > seenWeight
      if (isGrowing && this.#queuedWeight < ITEMS_PER_GROUP_MAX) this.#gather()
      else this.#launch()
    })
  }

  #launch(): void {
    while (this.#queue.length > 0 && !this.#isFull()) {
      this.#flying += 1
      void this.#fly(this.#nextGroup()).finally(() => {
        this.#flying -= 1
        this.#gather()
      })
    }
  }

  /** As many groups fly as may at a time. */
  #isFull(): boolean {
    return this.#flying >= this.#groupsAtOnce
  }

  #nextGroup(): Waiting<In, Out>[] {
    let weight = 0
    let count = 0
    for (const item of this.#queue) {
      weight += item.weight
      if (count > 0 && weight > ITEMS_PER_GROUP_MAX) break
      count += 1
    }
    const group = this.#queue.splice(0, count)
    for (const item of group) this.#queuedWeight -= item.weight
    return group
  }

  async #fly(group: Waiting<In, Out>[]): Promise<void> {
    const failure = await this.#commit(group)
    if (failure === null) return
    const [only, ...others] = group
    if (only && others.length === 0) {
      only.reject(failure.reason)
      return
    }
    for (const item of group) {
      const alone = await this.#commit([item])
      if (alone) item.reject(alone.reason)
    }
  }

  async #commit(group: Waiting<In, Out>[]): Promise<{ reason: unknown } | null> {
    try {
      const inputs = group.map((item) => item.input)
      const outputs = await this.#database.write((tx) => this.#work(tx, inputs))
      if (outputs.length !== group.length) throw new Error('one output for each input is needed')
      group.forEach((item, index) => {
        item.resolve(outputs[index] as Out)
      })
      return null
    } catch (reason) {
      return { reason }
    }
  }
}
