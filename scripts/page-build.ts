// How the two pages are bundled: what the console and the cashier page have in common.

import { fileURLToPath } from 'node:url'
import {
  defaultClientConditions,
  defineConfig,
  mergeConfig,
  type Plugin,
  type UserConfig,
} from 'vite'
import { cssVariables } from '../shared/design-tokens.ts'

// Pages are served with `default-src 'self'`, so the tokens become a stylesheet here, at build time,
// instead of an inline style at run time.
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

/** The settings of the page whose vite.config.ts is at `configUrl`, with what is its own. */
export function pageBuild(configUrl: string, own: UserConfig): UserConfig {
  const common = defineConfig({
    root: fileURLToPath(new URL('.', configUrl)),
    plugins: [designTokens()],
    // Shared code is bundled from its sources, so the page never waits for shared/dist.
    resolve: { conditions: ['huike-source', ...defaultClientConditions] },
    build: {
      outDir: 'dist',
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  })
  return mergeConfig(common, own)
}
