import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import 'huike-tokens.css'
import './styles.css'
import { cashierApi } from './api.js'
import { App } from './app.js'
import { CrashNet } from './components/crash-net.js'
import { createRuntime } from './runtime.js'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
const runtime = createRuntime(cashierApi)
runtime.start()
createRoot(root).render(
  <StrictMode>
    <CrashNet>
      <App runtime={runtime} />
    </CrashNet>
  </StrictMode>,
)
