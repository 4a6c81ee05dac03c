import { usePullDownRefresh } from '@tarojs/taro'
import { MemberCodePanel, MemberCodeSkeleton } from '../../components/member-code-panel.js'
import { Screen } from '../../components/screen.js'
import { SignInPrompt } from '../../components/sign-in-prompt.js'
import { FailureNotice } from '../../components/states.js'
import { services } from '../../platform/app-services.js'
import { useBrightScreen } from '../../platform/use-bright-screen.js'
import { refreshPulled, useRefreshOnShow } from '../../platform/use-list-page.js'
import { useSight } from '../../platform/use-sight.js'
import { useStore } from '../../platform/use-store.js'
import { texts } from '../../texts.js'

/** The member code at the till: bright, by itself up to date, and there without a network. */
export default function Code() {
  const session = useStore(services.session)
  usePullDownRefresh(() => {
    void refreshPulled(services.card)
  })
  return (
    <Screen title={texts.titles.code}>
      {session.kind === 'member' ? (
        <CodeOfMember />
      ) : (
        <SignInPrompt sentence={texts.signInForCode} />
      )}
    </Screen>
  )
}

/** The age of what is shown does not matter here: the key of the code never changes. */
function CodeOfMember() {
  const { kept, failure } = useStore(services.card)
  const isShown = useSight()
  useRefreshOnShow(services.card)
  useBrightScreen(isShown && kept !== null)
  if (kept !== null) return <MemberCodePanel card={kept.value} isShown={isShown} />
  if (failure === null) return <MemberCodeSkeleton />
  return <FailureNotice failure={failure} onRetry={() => void services.card.refresh()} />
}
