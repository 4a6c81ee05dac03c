import { texts } from '../../texts'

export default definePageConfig({
  navigationBarTitleText: texts.titles.purchases,
  enablePullDownRefresh: true,
})
