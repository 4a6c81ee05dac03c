// The build's half of aria-attributes.js: see there. On h5 there are no templates and Taro maps
// ariaRole and ariaLabel to real attributes by itself.
const path = require('node:path')
const ariaAttributes = require('./aria-attributes.js')

module.exports = (context) => {
  context.registerMethod({
    name: 'onSetupClose',
    fn(platform) {
      if (!platform.template) return
      platform.template.mergeComponents(context, ariaAttributes)
      platform.runtimePath = [platform.runtimePath].flat()
      platform.runtimePath.push(path.resolve(__dirname, 'aria-runtime.js'))
    },
  })
}
