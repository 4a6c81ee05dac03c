import type { Action } from '../model.js'

/** What a component hands up. */
export type Dispatch = (action: Action) => void
