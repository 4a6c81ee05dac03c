import { texts } from '../../texts'

export default definePageConfig({
  navigationBarTitleText: texts.titles.leave,
  enablePullDownRefresh: true,
})
