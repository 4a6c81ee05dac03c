import { texts } from '../../texts'

export default definePageConfig({
  navigationBarTitleText: texts.titles.mallItem,
  enablePullDownRefresh: true,
})
