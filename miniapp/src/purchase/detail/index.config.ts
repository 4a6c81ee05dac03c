import { texts } from '../../texts'

export default definePageConfig({
  navigationBarTitleText: texts.titles.purchase,
  enablePullDownRefresh: true,
})
