import type { CouponStory } from '@huike/shared/contracts/console-coupons'
import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import { Field } from '../field.js'
import { useSession } from '../session.js'
import { codeWords, readCode } from './code.js'
import { CouponStoryTile } from './coupon-story.js'
import { storyStrings as words } from './strings.js'

/** Spaces between the digits are typed as well. */
const TYPED_CHARACTERS_MAX = 20

/** Finds one coupon by its code. The code stays out of the address: it is somebody's money. */
export function CouponSearch() {
  const { api } = useSession()
  const id = useId()
  const [typed, setTyped] = useState('')
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [story, setStory] = useState<CouponStory | null>(null)
  const find = async () => {
    const code = readCode(typed)
    setStory(null)
    setProblem(code === null ? words.bad : null)
    if (code === null) return
    setIsBusy(true)
    const answer = await api.get<CouponStory>(`/coupons/by-code/${code}`)
    setIsBusy(false)
    if (answer.ok) setStory(answer.value)
    else setProblem(answer.code === 'coupon_not_found' ? words.none : answer.sentence)
  }
  return (
    <>
      <form
        className="tile form coupon-search"
        role="search"
        aria-labelledby={id}
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy) void find()
        }}
      >
        <div>
          <h2 id={id}>{words.title}</h2>
          <p className="note">{words.note}</p>
        </div>
        <Field label={words.code} problem={problem}>
          {(control) => (
            <div className="with-button">
              <Input
                {...control}
                inputMode="numeric"
                autoComplete="off"
                maxLength={TYPED_CHARACTERS_MAX}
                placeholder={words.placeholder}
                value={typed}
                onChange={(event) => {
                  setTyped(event.target.value)
                  setProblem(null)
                }}
                onBlur={() => {
                  setTyped(codeWords(readCode(typed) ?? typed))
                }}
              />
              <Button htmlType="submit" loading={isBusy}>
                {words.submit}
              </Button>
            </div>
          )}
        </Field>
      </form>
      {story !== null && (
        <CouponStoryTile
          story={story}
          onClose={() => {
            setStory(null)
          }}
        />
      )}
    </>
  )
}
