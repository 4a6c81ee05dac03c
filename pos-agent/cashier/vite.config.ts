import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defaultClientConditions, defineConfig, type Plugin } from 'vite'
import { cssVariables } from '../../shared/design-tokens.ts'

// The agent serves the page with `default-src 'self'`, so the tokens become a stylesheet here, at
// build time, instead of an inline style at run time.
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
  base: './',
  plugins: [react(), designTokens()],
  // Shared code is bundled from its sources, so the page never waits for shared/dist.
  resolve: { conditions: ['huike-source', ...defaultClientConditions] },
  build: {
    // Chrome 86 is the oldest browser that still sits on tills (POS.md, finding 10).
    target: 'chrome86',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
