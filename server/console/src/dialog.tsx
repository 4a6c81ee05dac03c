import { Modal } from 'antd'
import type { ReactNode } from 'react'

interface Props {
  title: string
  /** While something is under way, Escape closes nothing. */
  isBusy?: boolean
  onClose: () => void
  /** The buttons below; null where the content has its own. */
  actions: ReactNode
  children: ReactNode
}

/** A question in front of the page: a click beside it loses nothing of what was entered. */
export function Dialog({ title, isBusy = false, onClose, actions, children }: Props) {
  return (
    <Modal
      open
      title={title}
      footer={actions}
      onCancel={onClose}
      mask={{ closable: false }}
      keyboard={!isBusy}
      destroyOnHidden
    >
      {children}
    </Modal>
  )
}
