// The design tokens of shared/ as CSS, light and dark. The token file is an ES module in TypeScript
// and this configuration is CommonJS, so it is translated on the spot.
const fs = require('node:fs')
const path = require('node:path')
const typescript = require('typescript')

const FILE = path.resolve(__dirname, '../../shared/design-tokens.ts')

const { outputText } = typescript.transpileModule(fs.readFileSync(FILE, 'utf8'), {
  compilerOptions: {
    module: typescript.ModuleKind.CommonJS,
    target: typescript.ScriptTarget.ES2022,
  },
})
const tokens = {}
new Function('exports', outputText)(tokens)

module.exports = {
  file: FILE,
  css: [
    `:root, page { --hk-font-scale: 1; ${tokens.cssVariables('light')} }`,
    `@media (prefers-color-scheme: dark) { :root, page { ${tokens.cssVariables('dark')} } }`,
  ].join('\n'),
}
