import { texts } from '../../texts'

export default definePageConfig({
  navigationBarTitleText: texts.titles.level,
  enablePullDownRefresh: true,
})
