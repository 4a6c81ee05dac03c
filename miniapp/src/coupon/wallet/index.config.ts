import { texts } from '../../texts'

export default definePageConfig({
  navigationBarTitleText: texts.titles.coupons,
  enablePullDownRefresh: true,
})
