import { Alert, Button } from 'antd'
import { Failure } from './trouble.js'
import type { Saving } from './use-saving.js'

interface Props {
  saving: Saving
  words: string
  savedWords: (at: string) => string
  mayChange: boolean
  /** False while there is nothing to save, or something is wrong with it. */
  isReady: boolean
}

/** The end of a form that saves it: what became of the last try, and the button for the next. */
export function SaveRow({ saving, words, savedWords, mayChange, isReady }: Props) {
  const { isBusy, problem, savedAt } = saving
  return (
    <>
      {problem !== null && <Failure sentence={problem} />}
      {savedAt !== null && (
        <Alert type="success" role="status" title={savedWords(savedAt)} showIcon />
      )}
      {mayChange && (
        <div className="form-buttons">
          <Button type="primary" htmlType="submit" loading={isBusy} disabled={!isReady}>
            {words}
          </Button>
        </div>
      )}
    </>
  )
}
