import type { PropsWithChildren } from 'react'
import './app.scss'

/** The whole mini-program; pages come in as children. */
export default function App({ children }: PropsWithChildren) {
  return children
}
