import { texts } from '../../texts'

export default definePageConfig({
  navigationBarTitleText: texts.titles.points,
  enablePullDownRefresh: true,
  enableShareAppMessage: true,
})
