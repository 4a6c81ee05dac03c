import { texts } from '../../texts'

export default definePageConfig({
  navigationBarTitleText: texts.titles.packOrder,
  enablePullDownRefresh: true,
})
