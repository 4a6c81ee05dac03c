import { texts } from '../../texts'

export default definePageConfig({
  navigationBarTitleText: texts.titles.referrals,
  enablePullDownRefresh: true,
  enableShareAppMessage: true,
})
