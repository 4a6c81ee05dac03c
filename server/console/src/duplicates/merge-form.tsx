import type { Pair } from '@huike/shared/contracts/console-identity'
import { Button, Checkbox, Skeleton } from 'antd'
import { Failure } from '../trouble.js'
import { Changes } from './changes.js'
import { Sides, type Side } from './sides.js'
import { changeStrings, reviewStrings as words } from './strings.js'
import type { Preview } from './use-preview.js'

/** What may be chosen about a merge: which record stays, and whether its past moves. */
export interface Choice {
  isSwapped: boolean
  moveHistory: boolean
}

export const CHOICE_DEFAULT: Choice = { isSwapped: false, moveHistory: true }

interface Props {
  /** The record that is proposed to stay comes first. */
  sides: readonly [Side, Side]
  reasons: Pair['reasons']
  choice: Choice
  onChange: (choice: Choice) => void
  preview: Preview
  /** May this person merge? Else there is nothing to choose. */
  mayMerge: boolean
  timeZone: string
}

/** Two records as they would be merged, and what exactly that would change. */
export function MergeForm(props: Props) {
  const { sides, reasons, choice, onChange, preview, mayMerge, timeZone } = props
  const inOrder = orderOf(sides, choice)
  const { changes, problem, again } = preview
  return (
    <>
      <section className="tile">
        <Sides
          sides={inOrder}
          heads={[words.stays, words.goes]}
          reasons={reasons}
          timeZone={timeZone}
          nowMs={Date.now()}
        />
        {mayMerge && (
          <Button
            onClick={() => {
              onChange({ ...choice, isSwapped: !choice.isSwapped })
            }}
          >
            {words.swap}
          </Button>
        )}
      </section>
      <section className="tile" aria-labelledby="merge-preview" aria-busy={changes === null}>
        <h2 id="merge-preview">{changeStrings.preview}</h2>
        <p className="note">{changeStrings.previewNote}</p>
        {mayMerge && (
          <div className="d-history">
            <Checkbox
              checked={choice.moveHistory}
              onChange={(event) => {
                onChange({ ...choice, moveHistory: event.target.checked })
              }}
            >
              {changeStrings.history}
            </Checkbox>
            {!choice.moveHistory && <p className="note">{changeStrings.historyOff}</p>}
          </div>
        )}
        {problem !== null && <Failure sentence={problem} onRetry={again} />}
        {problem === null && changes === null && (
          <Skeleton active title={false} paragraph={{ rows: 6 }} />
        )}
        {changes !== null && <Changes changes={changes} profiles={profilesOf(inOrder)} />}
      </section>
    </>
  )
}

/** The two records of a pair. */
export function sidesOf({ sides }: Pick<Pair, 'sides'>): readonly [Side, Side] {
  const [one, other] = sides
  if (one === undefined || other === undefined) throw new Error('a pair has two sides')
  return [one, other]
}

/** The record that stays first, as it was chosen. */
export function orderOf(sides: readonly [Side, Side], choice: Choice): readonly [Side, Side] {
  return choice.isSwapped ? [sides[1], sides[0]] : sides
}

function profilesOf([one, other]: readonly [Side, Side]) {
  if (one.profile === undefined || other.profile === undefined) return undefined
  return [one.profile, other.profile] as const
}
