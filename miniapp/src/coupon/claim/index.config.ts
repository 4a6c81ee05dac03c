import { texts } from '../../texts'

export default definePageConfig({
  navigationBarTitleText: texts.titles.claim,
  enablePullDownRefresh: true,
})
