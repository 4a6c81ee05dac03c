import react from '@vitejs/plugin-react'
import { pageBuild } from '../../scripts/page-build.ts'

export default pageBuild(import.meta.url, {
  base: './',
  plugins: [react()],
  // Chrome 86 is the oldest browser that still sits on tills (POS.md, finding 10).
  build: { target: 'chrome86' },
})
