import { texts } from '../../texts'

export default definePageConfig({
  navigationBarTitleText: texts.titles.home,
  enablePullDownRefresh: true,
})
