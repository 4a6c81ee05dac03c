import { texts } from '../../texts'

export default definePageConfig({
  navigationBarTitleText: texts.titles.packOrders,
  enablePullDownRefresh: true,
})
