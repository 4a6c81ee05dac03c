// CommonJS on purpose: Taro loads this file with require(). Targets are in .browserslistrc.
module.exports = {
  presets: [['taro', { framework: 'react', ts: true, compiler: 'webpack5' }]],
}
