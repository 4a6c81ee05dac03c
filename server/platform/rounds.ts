// Work in the background that is looked for every second. Only one round runs at a time, one that
// fails is told and tried again at the next look, and stopping waits for the round under way.

const LOOK_EVERY_MS = 1_000

export class Rounds {
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> | null = null
  #isStopped = false

  /**
   * @param work - One round: does what is due. It looks at `isStopped` between two commits.
   * @param failed - Told what a round has thrown; the next look tries again.
   */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** True from the moment somebody asked for the end. */
  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Looks now, and every second from now on. */
  start(): void {
    this.#timer = setInterval(() => {
      this.wake()
    }, LOOK_EVERY_MS)
    this.wake()
  }

  /** Begins no other round; resolves when the one under way has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearInterval(this.#timer)
    await this.#round
  }

  /** Looks now instead of at the next second. */
  wake(): void {
    if (this.#isStopped || this.#round) return
    this.#round = this.#run().finally(() => {
      this.#round = null
    })
  }

  /**
   * Takes one step after the other until one answers false and no round is under way. What a step
   * throws is thrown. For tests.
   */
  async drain(step: () => Promise<boolean>): Promise<void> {
    do await this.#round
    while ((await step()) || this.#round !== null)
  }

  async #run(): Promise<void> {
    try {
      await this.work()
    } catch (error) {
      this.failed(error)
    }
  }
}
