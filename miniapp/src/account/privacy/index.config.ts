import { texts } from '../../texts'

export default definePageConfig({
  navigationBarTitleText: texts.titles.privacy,
  enablePullDownRefresh: true,
})
