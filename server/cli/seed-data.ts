// What the demo shows: stores, made-up phone numbers (the sandbox never writes to one or calls it),
// and the things a small shop sells.

export const DEMO_STORES = [
  { code: 'S01', name: '人民路店', tills: ['01'] },
  { code: 'S02', name: '解放路店', tills: ['01'] },
]

/** Phone numbers of the demo's members, in the order they registered. */
export const DEMO_MEMBERS = Array.from(
  { length: 24 },
  (_, n) => `138001380${String(n).padStart(2, '0')}`,
)

const GOODS: readonly [string, number][] = [
  ['农夫山泉 550ml', 200],
  ['伊利纯牛奶 250ml×12', 4990],
  ['康师傅红烧牛肉面', 450],
  ['乐事薯片 原味 75g', 790],
  ['金龙鱼花生油 5L', 8990],
  ['维达抽纸 3 层 6 包', 1990],
  ['东北大米 5kg', 3680],
  ['青岛啤酒 500ml', 650],
  ['苏打饼干 400g', 1290],
  ['舒肤佳沐浴露 720ml', 3490],
]

/** A seeded source of chance (mulberry32), so that the demo is the same for everyone. */
export class Random {
  #state: number
  constructor(seed: number) {
    this.#state = seed
  }
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
  pick<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)]
    if (value === undefined) throw new Error('nothing to pick from')
    return value
  }
}

/** One to four lines. */
export function demoBasket(random: Random) {
  return Array.from({ length: 1 + random.below(4) }, () => {
    const [name, unitPriceFen] = random.pick(GOODS)
    const pieces = 1 + random.below(2)
    return {
      name,
      code: null,
      quantityMilli: pieces * 1000,
      unitPriceFen,
      amountFen: unitPriceFen * pieces,
    }
  })
}
