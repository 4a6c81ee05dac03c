import { texts } from '../../texts'

export default definePageConfig({
  navigationBarTitleText: texts.titles.mall,
  enablePullDownRefresh: true,
})
