// How the mini-program is built, for WeChat (weapp) and for browsers (h5), from one source.
//
// Sizes: the design is drawn for a screen 375 CSS pixels wide and a pixel stays a pixel (no rpx, no
// rem): pages are fluid, as WeUI's are, so a tablet shows more and not larger, and the type scale
// follows the reader's font size instead of the width of the glass.
const path = require('node:path')
const designTokens = require('./design-tokens.js')

const root = path.resolve(__dirname, '..')
const shared = path.resolve(root, '../shared')

/** Where the mini-program finds the server. In a browser the server that served the page answers. */
const apiBase =
  process.env.TARO_ENV === 'h5' ? '' : (process.env.HUIKE_API_BASE ?? 'http://127.0.0.1:3000')

const noPixelTransform = { pxtransform: { enable: false } }

/** Sources outside src/ that Babel must also bring down to what old phones read. */
const compile = { include: [shared] }

/** The design tokens become CSS variables at the end of the one stylesheet every page has. */
const sassLoaderOption = {
  additionalData: (source, { resourcePath }) =>
    path.basename(resourcePath) === 'app.scss' ? `${source}\n${designTokens.css}` : source,
}

/** Shared code is written for Node's ESM: its relative imports end in `.js` and mean `.ts`. */
function adjustWebpack(chain) {
  chain.resolve.set('extensionAlias', { '.js': ['.ts', '.tsx', '.js'] })
  chain.performance.hints(false)
}

module.exports = {
  projectName: 'huike-miniapp',
  designWidth: 375,
  deviceRatio: { 375: 2, 640: 1.17, 750: 1, 828: 0.905 },
  sourceRoot: 'src',
  outputRoot: `dist/${process.env.TARO_ENV}`,
  framework: 'react',
  compiler: { type: 'webpack5', prebundle: { enable: false } },
  plugins: [path.resolve(__dirname, 'aria-plugin.js')],
  alias: { '@huike/shared': shared },
  defineConstants: { HUIKE_API_BASE: JSON.stringify(apiBase) },
  cache: {
    enable: true,
    cacheDirectory: path.resolve(root, '../.build/webpack-miniapp'),
    // Raised where parts that packages share would be taken from a build in which they were others.
    version: '2',
    buildDependencies: {
      huike: [__filename, path.resolve(__dirname, 'aria-attributes.js'), designTokens.file],
    },
  },
  logger: { quiet: true, stats: false },
  mini: {
    compile,
    webpackChain: adjustWebpack,
    sassLoaderOption,
    postcss: noPixelTransform,
  },
  h5: {
    compile,
    publicPath: '/m/',
    staticDirectory: 'static',
    router: { mode: 'hash' },
    output: {
      filename: 'js/[name].[contenthash:8].js',
      chunkFilename: 'js/[name].[contenthash:8].js',
    },
    miniCssExtractPluginOption: {
      ignoreOrder: true,
      filename: 'css/[name].[contenthash:8].css',
      chunkFilename: 'css/[name].[contenthash:8].css',
    },
    webpackChain: adjustWebpack,
    sassLoaderOption,
    postcss: { ...noPixelTransform, autoprefixer: { enable: true, config: {} } },
  },
}
