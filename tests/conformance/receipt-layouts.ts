import { SHOP_LAYOUTS } from './layouts-shops.js'
import { KIND_LAYOUTS } from './layouts-kinds.js'
import { ODD_LAYOUTS } from './layouts-odd.js'
import { MORE_LAYOUTS } from './layouts-more.js'
import type { LayoutCase } from './layout-case.js'

/** Every written layout with what a person reads on it. */
export const LAYOUTS: readonly LayoutCase[] = [
  ...SHOP_LAYOUTS,
  ...KIND_LAYOUTS,
  ...ODD_LAYOUTS,
  ...MORE_LAYOUTS,
]
