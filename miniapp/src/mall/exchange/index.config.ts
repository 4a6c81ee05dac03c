import { texts } from '../../texts'

export default definePageConfig({
  navigationBarTitleText: texts.titles.mallExchange,
  enablePullDownRefresh: true,
})
