import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defaultClientConditions, defineConfig, type Plugin } from 'vite'
import { cssVariables } from '../../shared/design-tokens.ts'

// The tokens become a stylesheet at build time, as on the cashier page.
const TOKENS = 'huike-tokens.css'

function designTokens(): Plugin {
  const resolved = `\0${TOKENS}`
  return {
    name: 'huike-design-tokens',
    resolveId: (id) => (id === TOKENS ? resolved : undefined),
    load: (id) =>
      id === resolved
        ? `:root { color-scheme: light dark; ${cssVariables('light')} }
           @media (prefers-color-scheme: dark) { :root { ${cssVariables('dark')} } }`
        : undefined,
  }
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/console/',
  plugins: [react(), designTokens()],
  resolve: { conditions: ['huike-source', ...defaultClientConditions] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The largest is the charts, which come last and only to who looks at the statistics.
    chunkSizeWarningLimit: 560,
  },
})
