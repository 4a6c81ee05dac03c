import react from '@vitejs/plugin-react'
import { pageBuild } from '../../scripts/page-build.ts'

export default pageBuild(import.meta.url, {
  base: '/console/',
  plugins: [react()],
  // The largest is the charts, which come last and only to who looks at the statistics.
  build: { chunkSizeWarningLimit: 560 },
})
