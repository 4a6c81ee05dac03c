import Taro, { useDidShow, usePullDownRefresh } from '@tarojs/taro'
import { useEffect } from 'react'
import { TextButton } from '../../components/buttons.js'
import { MemberCardSkeleton, MemberCardView } from '../../components/member-card.js'
import { MemberCodePanel } from '../../components/member-code-panel.js'
import { Screen } from '../../components/screen.js'
import { RemoteView } from '../../components/states.js'
import { services } from '../../platform/app-services.js'
import { refreshPulled } from '../../platform/use-list-page.js'
import { useStore } from '../../platform/use-store.js'
import { texts } from '../../texts.js'
import { Welcome } from './welcome.js'

/** Home: the member's card and code, or what a card would give. */
export default function Home() {
  const session = useStore(services.session)
  usePullDownRefresh(() => {
    void refreshPulled(services.card)
  })
  return (
    <Screen title={texts.titles.home}>
      {session.kind === 'member' ? <MemberHome /> : <Welcome session={session} />}
    </Screen>
  )
}

function MemberHome() {
  const state = useStore(services.card)
  const refresh = () => void services.card.refresh()
  useEffect(refresh, [])
  useDidShow(refresh)
  return (
    <>
      <RemoteView state={state} onRetry={refresh} skeleton={<MemberCardSkeleton />}>
        {(card) => (
          <>
            <MemberCardView card={card} />
            <MemberCodePanel card={card} />
          </>
        )}
      </RemoteView>
      <TextButton label={texts.signOut} onPress={() => void confirmSignOut()} />
    </>
  )
}

async function confirmSignOut(): Promise<void> {
  const answer = await Taro.showModal({
    title: texts.signOutTitle,
    content: texts.signOutSentence,
    confirmText: texts.signOut,
    cancelText: texts.cancel,
  })
  if (answer.confirm) services.session.signOut()
}
