import { texts } from './texts'

// WeChat resolves `@names` through theme.json, light and dark; a browser page is themed by CSS.
const isWeapp = process.env.TARO_ENV === 'weapp'
function themed<Value extends string>(name: string, inBrowser: Value): Value {
  return isWeapp ? (`@${name}` as Value) : inBrowser
}

export default defineAppConfig({
  // The code is in the main package: at a till without a network it must be there.
  pages: ['pages/home/index', 'pages/points/index', 'pages/purchases/index', 'pages/code/index'],
  subPackages: [
    { root: 'purchase', pages: ['detail/index'] },
    { root: 'coupon', pages: ['wallet/index', 'code/index', 'claim/index'] },
    { root: 'mall', pages: ['shelf/index', 'item/index', 'records/index', 'exchange/index'] },
    { root: 'pack', pages: ['shelf/index', 'orders/index', 'order/index'] },
    {
      root: 'account',
      pages: [
        'inbox/index',
        'level/index',
        'profile/index',
        'privacy/index',
        'leave/index',
        'referrals/index',
      ],
    },
  ],
  preloadRule: {
    'pages/home/index': {
      network: 'all',
      packages: ['account', 'coupon', 'mall', 'pack', 'purchase'],
    },
    'pages/points/index': { network: 'all', packages: ['account', 'mall', 'purchase'] },
    'pages/purchases/index': { network: 'all', packages: ['purchase'] },
  },
  window: {
    navigationBarTitleText: texts.appTitle,
    navigationBarBackgroundColor: themed('navigationBackground', '#f5f6f5'),
    navigationBarTextStyle: themed('navigationText', 'black'),
    backgroundColor: themed('background', '#f5f6f5'),
    backgroundTextStyle: themed('backgroundText', 'dark'),
  },
  tabBar: {
    color: themed('tabText', '#55635d'),
    selectedColor: themed('tabSelected', '#0b7a5b'),
    backgroundColor: themed('tabBackground', '#ffffff'),
    borderStyle: themed('tabBorder', 'black'),
    list: [
      tab('pages/home/index', texts.tabs.home, 'home'),
      tab('pages/points/index', texts.tabs.points, 'points'),
      tab('pages/purchases/index', texts.tabs.purchases, 'purchases'),
    ],
  },
  lazyCodeLoading: 'requiredComponents',
  darkmode: true,
  themeLocation: 'theme.json',
  __usePrivacyCheck__: true,
})

function tab(pagePath: string, text: string, icon: string) {
  return {
    pagePath,
    text,
    iconPath: `assets/tab/${icon}.png`,
    selectedIconPath: `assets/tab/${icon}-selected.png`,
  }
}
