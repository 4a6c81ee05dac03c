import { Button } from 'antd'

interface Props {
  words: string
  isBusy: boolean
  /** False while there is nothing to save, or something is wrong with it. */
  isReady: boolean
}

/** The row at the end of a form that saves it. */
export function SaveRow({ words, isBusy, isReady }: Props) {
  return (
    <div className="form-buttons">
      <Button type="primary" htmlType="submit" loading={isBusy} disabled={!isReady}>
        {words}
      </Button>
    </div>
  )
}
