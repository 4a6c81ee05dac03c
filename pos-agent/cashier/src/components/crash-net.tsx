import { Component, type ReactNode } from 'react'
import { strings } from '../strings.js'

/**
 * Catches what should never happen, so that the cashier sees a sentence and not a white page. The
 * page's own keys are gone by then, so F5 is the browser's again.
 */
export class CrashNet extends Component<{ children: ReactNode }, { hasCrashed: boolean }> {
  override state = { hasCrashed: false }

  static getDerivedStateFromError(): { hasCrashed: boolean } {
    return { hasCrashed: true }
  }

  override render(): ReactNode {
    if (!this.state.hasCrashed) return this.props.children
    return (
      <p className="crash" role="alert">
        {strings.failure.page}
      </p>
    )
  }
}
