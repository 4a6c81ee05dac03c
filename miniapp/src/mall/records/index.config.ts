import { texts } from '../../texts'

export default definePageConfig({
  navigationBarTitleText: texts.titles.mallRecords,
  enablePullDownRefresh: true,
})
