import { texts } from '../../texts'

export default definePageConfig({
  navigationBarTitleText: texts.titles.packs,
  enablePullDownRefresh: true,
})
